/**
 * Moves a secret from the fragment of the address into the field of the same name. A fragment is not sent to the server, and
 * the script removes it from the address bar, so the secret is in no log and no history. Without scripts one pastes it.
 */
export const secretScript = `(() => {
  const [name, secret] = [...new URLSearchParams(location.hash.slice(1))][0] ?? [];
  const field = document.querySelector('input[data-secret]');
  if (!secret || field?.name !== name) return;
  field.value = secret;
  history.replaceState(null, '', location.pathname);
  document.getElementById('username').focus();
})();
`;
