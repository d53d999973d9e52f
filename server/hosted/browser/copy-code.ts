// Browser: buttons that copy what a page shows. They are hidden until a script runs that can do it.

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copies]')) {
  if (!navigator.clipboard) break;
  const { copies = '', copied = '' } = button.dataset;
  const status = document.querySelector('[data-copy-status]');
  button.hidden = false;
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(copies).then(
      () => {
        button.textContent = copied;
        if (status) status.textContent = copied;
      },
      // The browser does not let us: the code still stands there to be marked.
      () => {
        button.hidden = true;
      },
    );
  });
}
