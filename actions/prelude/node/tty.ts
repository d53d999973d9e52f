// Guest code: Node's `tty`. Nothing in here is a terminal.

export default { isatty: () => false };
