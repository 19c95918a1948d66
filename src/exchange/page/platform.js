(function () {
  const nav = document.getElementById("topics");
  if (!nav) return;
  const pick = document.querySelector('select[data-filter="f' + nav.dataset.filter + '"]');
  const buttons = Array.from(nav.querySelectorAll("button"));
  if (!pick) return;
  const mark = () => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.value === pick.value)));
  buttons.forEach((button) => button.addEventListener("click", () => {
    pick.value = pick.value === button.value ? "" : button.value;
    pick.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById("content").scrollIntoView();
  }));
  const tools = document.getElementById("tools");
  tools.addEventListener("input", mark);
  tools.addEventListener("reset", () => setTimeout(mark, 0));
  mark();
})();
