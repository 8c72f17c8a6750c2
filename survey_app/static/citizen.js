"use strict";
(() => {
  const root = document.documentElement, form = document.forms[0], conditional = form.querySelectorAll("[data-if]");
  root.classList.add("script");

  // The server decides what counts; here questions whose condition is not met are only put out of sight.
  const chosen = (name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].filter((field) => !field.closest("[hidden]"));
  const update = () => conditional.forEach((box) => {
    box.hidden = !chosen(box.dataset.if).some((field) => box.dataset.in.split(" ").includes(field.value));
  });

  form.addEventListener("change", ({ target }) => {
    const box = target.closest("[data-alone]");
    if (box && target.checked) {
      const alone = box.dataset.alone.split(" "), isAlone = alone.includes(target.value);
      box.querySelectorAll(":checked").forEach((field) => {
        if (field !== target && (isAlone || alone.includes(field.value))) field.checked = false;
      });
    }
    update();
  });

  let sending = false;
  form.addEventListener("submit", (event) => {
    if (sending) return event.preventDefault();
    sending = true;
    const button = form.querySelector("[data-sending]");
    if (!event.submitter || !event.submitter.name) button.textContent = button.dataset.sending;
  });

  // A page that comes back from memory would show the next person what was answered: fetch a new one.
  addEventListener("pageshow", (event) => event.persisted && location.replace(location.href));

  update();
  (document.getElementById("errors") || document.getElementById("notice") || { focus() {} }).focus();
})();
