/** Around each message the provider adds marks of its own. */
const TOKENS_PER_MESSAGE = 8;

/** English prose has about four bytes to a token, tables of prices less than three; other scripts about three bytes a sign. */
const BYTES_PER_TOKEN = 2.5;

/**
 * About how many tokens a message has, without the provider's own tokenizer: its bytes in UTF-8 divided by 2.5, so that a
 * prompt of prose and figures comes out high rather than low. Only for limits and budgets; bills use the provider's count.
 */
export function estimateTokens(text: string): number {
  return TOKENS_PER_MESSAGE + Math.ceil(utf8Bytes(text) / BYTES_PER_TOKEN);
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Both halves of a pair count two: four bytes together.
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += 2;
    else bytes += 3;
  }
  return bytes;
}
