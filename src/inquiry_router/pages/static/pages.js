// Keys of the triage page: a key presses the button or link that shows it. The page works without.
(() => {
  const KEPT = "inquiry-router.keys";
  const box = document.getElementById("keys");
  if (!box) return;
  const wanted = box.querySelector("input");
  try { wanted.checked = localStorage.getItem(KEPT) !== "off"; } catch (error) { /* as it is */ }
  box.hidden = false;
  wanted.addEventListener("change", () => {
    try { localStorage.setItem(KEPT, wanted.checked ? "on" : "off"); } catch (error) { /* once */ }
  });
  document.addEventListener("keydown", (event) => {
    if (!wanted.checked || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input[type=text], input[type=search], select, textarea")) return;
    const key = event.key.toLowerCase();
    const found = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    if (!found) return;
    event.preventDefault();
    found.click();
  });
})();
