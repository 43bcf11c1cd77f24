/** `... | head` closes the pipe when it has seen enough: that is no reason to stop a run, or to complain. */
export function goOnWithoutReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
