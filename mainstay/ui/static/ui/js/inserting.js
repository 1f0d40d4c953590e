// Buttons that write something at the cursor of the field in which one wrote last.
//
//   <textarea data-takes>   <button data-inserts="{{ person.name }}">

const { put } = await import(`./field.js${new URL(import.meta.url).search}`);
const fields = document.querySelectorAll("[data-takes]");
let last = fields[0];

for (const field of fields) field.addEventListener("focus", () => (last = field));
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-inserts]");
  if (button && last) put(last, button.dataset.inserts);
});
