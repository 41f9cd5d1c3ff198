// Each change asks for the page again and takes its result from it; copying needs a script anyway.
const form = document.querySelector("form");
const copying = () => {
  for (const button of document.querySelectorAll(".way button")) {
    button.hidden = false;
    const label = button.textContent;
    button.onclick = async () => {
      await navigator.clipboard.writeText(button.closest("figure").querySelector("pre").textContent);
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.textContent = label), 2000);
    };
  }
};
let last = 0;
const update = async () => {
  if (!form.reportValidity()) return;
  const mine = ++last;
  const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
  document.querySelector("#result").setAttribute("aria-busy", "true");
  const page = await (await fetch(address)).text();
  if (mine !== last) return;
  const made = new DOMParser().parseFromString(page, "text/html");
  // What was chosen may have other parts than what was chosen before.
  for (const name of document.activeElement?.id === "section" ? ["#result"] : ["#result", "#section"])
    document.querySelector(name).replaceWith(made.querySelector(name));
  history.replaceState(null, "", address);
  copying();
};
form.addEventListener("change", update);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  update();
});
copying();
