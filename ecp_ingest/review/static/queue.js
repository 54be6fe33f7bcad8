// The list of records: its keys, and new rows while the server is still reading records.

const rows = () => [...document.querySelectorAll("tbody a")];

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
  const all = rows();
  const at = all.indexOf(document.activeElement);
  if (["ArrowDown", "ArrowUp"].includes(event.key) || ["KeyJ", "KeyK"].includes(event.code)) {
    const down = event.key === "ArrowDown" || event.code === "KeyJ";
    all[Math.max(0, Math.min(all.length - 1, at + (down ? 1 : -1)))]?.focus();
    event.preventDefault();
  } else if (event.code === "Slash") {
    document.querySelector("input[type=search]").focus();
    event.preventDefault();
  }
});

async function again() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const here = document.activeElement?.href;
  for (const part of [".bar .progress", "#queue"]) document.querySelector(part).replaceWith(page.querySelector(part));
  if (here) rows().find((row) => row.href === here)?.focus();
  wait();
}

function wait() {
  if (Number(document.querySelector("#queue").dataset.unread)) setTimeout(again, 700);
}

wait();
rows()[0]?.focus();
