"use strict";
(() => {
  const KEEP = "survey:", DAY = "survey-day:", ONE_DAY = 864e5, PATIENCE = 3e4, LONGEST_PAUSE = 300;
  const find = (where) => document.querySelector(where);
  let path = location.pathname.toLowerCase(), form, mine, waiting, timer, turn = Promise.resolve(), failures = 0, pause = 0;

  // What is not acknowledged lies on the phone and nowhere else: what is being filled in under "survey:/q/CODE", what is to
  // be sent under "survey:/q/CODE#id". Where the browser keeps nothing (private mode, no room, a web view without storage)
  // this page alone has it.
  const spare = {};
  const kept = () => { try { return { ...localStorage, ...spare }; } catch { return spare; } };
  const keep = (key, answers) => { try { localStorage.setItem(key, answers); delete spare[key]; } catch { spare[key] = answers; } };
  const drop = (key) => { delete spare[key]; try { localStorage.removeItem(key); } catch {} };
  const keys = (toSend) => Object.keys(kept()).filter((key) => key.startsWith(KEEP) && key.includes("#") === toSend);
  const pathOf = (key) => key.slice(KEEP.length).split("#")[0];
  const written = () => new URLSearchParams(new FormData(form)).toString();
  const token = (answers) => (new URLSearchParams(answers).get("form_token") || "").split("~");
  const save = () => { if (form && !mine) keep(KEEP + path, written()); };

  // By this number answers from one phone on one day (+07) can be counted; that of the day before is forgotten.
  const dayNumber = () => {
    const key = DAY + new Date(Date.now() + 7 * 36e5).toISOString().slice(0, 10);
    try {
      Object.keys(localStorage).forEach((old) => old.startsWith(DAY) && old !== key && localStorage.removeItem(old));
      if (!localStorage[key]) localStorage[key] = crypto.getRandomValues(new Uint32Array(4)).join("");
      return localStorage[key];
    } catch { return ""; }
  };

  const show = (name, focus) => {
    const state = find("#state");
    state.className = name && `notice ${name}`;
    for (const line of state.children) line.hidden = !line.dataset.in.split(" ").includes(name);
    if (focus) state.focus();
  };
  const label = (name) => document.querySelectorAll("[data-sending]").forEach((button) => { button.textContent = button.dataset[name]; });

  // Draw the server's page in the place of this one. What was posted stands in no history, so Back asks nothing.
  const take = (page, address) => {
    document.documentElement.lang = page.documentElement.lang;
    document.title = page.title;
    document.body.replaceWith(page.body);
    history.replaceState(null, "", address);
    scrollTo(0, 0);
    start();
    const first = find("#errors") || find("#notice") || find("h1");
    first.tabIndex = -1;
    first.focus();
  };

  // What the server said; nothing when it was not reached or cannot take it now. A page that is not the survey's own, from a
  // proxy or from a network that wants a login, is no answer, and an address that is not known now may be known again.
  const ask = async (to, answers) => {
    const stop = new AbortController(), clock = setTimeout(() => stop.abort(), PATIENCE);
    pause = 0;
    try {
      const reply = await fetch(to, {
        method: "POST", body: new URLSearchParams(answers + "&by=script"), signal: stop.signal, keepalive: true,
      });
      pause = +reply.headers.get("Retry-After");
      const page = new DOMParser().parseFromString(await reply.text().catch(() => ""), "text/html");
      const said = { page, ours: page.getElementById("survey"), stored: reply.status === 201, at: reply.headers.get("Location") };
      return said.stored || (said.ours && reply.status < 500 && reply.status !== 404) ? said : null;
    } catch {
      return null;
    } finally {
      clearTimeout(clock);
    }
  };

  // One thing at a time; what failed again when the server said, else after growing pauses, or as soon as the network or the
  // reader comes back.
  const now = (task = waiting) => {
    clearTimeout(timer);
    waiting = null;
    if (task) turn = turn.then(task);
  };
  const later = (task) => {
    waiting = task;
    failures++;
    timer = setTimeout(now, 1e3 * (pause || Math.min(LONGEST_PAUSE, 2 ** failures)));
  };

  const received = (key, { page, ours, at }) => {
    const own = key === mine, late = failures || !own;
    drop(key);
    if (own && ours) take(page, at);
    else if (own) form.classList.add("waiting");
    if (late) {
      const link = find("[data-late]");
      link.textContent = link.dataset.late.replace("{time}", new Date().toTimeString().slice(0, 5));
      link.href = at;
    }
    show(late ? "late" : ours ? "" : "received");
    return own;
  };

  // Asked for by the page only while answers come in floods: a number that costs a phone a moment and a flood a day.
  const work = async (answers) => {
    const bits = form && +form.dataset.work, tokenOf = new URLSearchParams(answers).get("form_token"), text = new TextEncoder();
    for (let tried = 0; bits && crypto.subtle; tried++) {
      const mark = await crypto.subtle.digest("SHA-256", text.encode(`${tokenOf}:${tried}`));
      if (!(new DataView(mark).getUint32(0) >>> (32 - bits))) return "&work=" + tried;
    }
    return "";
  };

  // Everything that is to be sent, this page's own last. What was deleted in another tab meanwhile is not.
  const send = async () => {
    let stuck = false;
    if (mine && !kept()[mine]) return location.replace(path);
    for (const key of keys(true).sort((one, other) => (one === mine) - (other === mine))) {
      const answers = kept()[key], said = answers && await ask(pathOf(key), answers + await work(answers));
      if (!said) stuck = true;
      else if (!said.stored) {
        drop(key);
        take(said.page, path = pathOf(key));
        return save();
      } else if (received(key, said)) return;
    }
    label("still");
    if (!stuck) {
      failures = 0;
      return restore();
    }
    if (mine) form.classList.add("waiting");
    show("unsent", mine && !failures);
    later(send);
  };

  // What was being filled in when the page was left: the server draws that form again, with the questions it had.
  const restore = async () => {
    const answers = kept()[KEEP + path];
    if (!answers || mine) return;
    if (form) form.inert = true;
    const said = await ask(path, answers + "&language=" + new URLSearchParams(answers).get("page"));
    if (!said) {
      show("shut");
      return later(restore);
    }
    failures = 0;
    if (form) form.inert = false;
    if (!said.page.querySelector("[method=post]")) return drop(KEEP + path);
    take(said.page, path);
    show("kept", true);
  };

  const speak = (language) => async () => {
    const said = await ask(path, written() + "&language=" + language), begun = kept()[KEEP + path];
    if (!said) return show("offline", true);
    take(said.page, path + "?language=" + language);
    if (begun) save();
  };

  const deeds = {
    again: () => { label("sending"); now(send); },
    stop: () => {
      keys(true).forEach(drop);
      if (mine) return location.replace(path);
      show("");
      now(null);
    },
    anew: () => { drop(KEEP + path); location.replace(path); },
  };

  // The server decides what counts; here questions whose condition is not met are only put out of sight.
  const chosen = (name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].filter((field) => !field.closest("[hidden]"));
  const update = () => form.querySelectorAll("[data-if]").forEach((box) => {
    box.hidden = !chosen(box.dataset.if).some((field) => box.dataset.in.split(" ").includes(field.value));
  });

  const start = () => {
    mine = null;
    form = find("[method=post]");
    find("#state").onclick = ({ target }) => deeds[target.dataset.does] && deeds[target.dataset.does]();
    if (!form) return;
    form.oninput = save;
    form.onchange = ({ target }) => {
      const box = target.closest("[data-alone]");
      if (box && target.checked) {
        const alone = box.dataset.alone.split(" "), isAlone = alone.includes(target.value);
        box.querySelectorAll(":checked").forEach((field) => {
          if (field !== target && (isAlone || alone.includes(field.value))) field.checked = false;
        });
      }
      update();
      save();
    };
    form.onclick = (event) => {
      const { name, value } = event.target;
      if (name !== "language") return;
      event.preventDefault();
      if (!mine) turn = turn.then(speak(value));
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      if (mine) return;
      const answers = `${written()}&day_number=${dayNumber()}`, key = `${KEEP + path}#${token(answers)[2]}`;
      keep(key, answers);
      drop(KEEP + path);
      mine = key;
      failures = 0;
      label("sending");
      now(send);
    };
    update();
  };

  keys(false).forEach((key) => { if (token(kept()[key])[8] * 1e3 + ONE_DAY < Date.now()) drop(key); });
  addEventListener("online", () => now());
  addEventListener("pageshow", () => now());
  document.addEventListener("visibilitychange", () => document.hidden || now());
  document.documentElement.classList.add("script");
  start();
  (find("#errors") || find("#notice") || { focus() {} }).focus();
  now(send);
})();
