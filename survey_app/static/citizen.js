"use strict";
(() => {
  const KEEP = "survey:", DAY = "survey-day:", DUE = "&day_number=";
  const find = (where) => document.querySelector(where);
  let path = location.pathname.toLowerCase(), form, mine, fresh, told, timer, turn = Promise.resolve(), failures = 0, pause, busy;

  // What is not acknowledged lies on the phone and nowhere else, each form under "survey:/q/CODE#id"; with the number of the
  // day at its end when it is to be sent. Where the browser keeps nothing (private mode, no room, a web view without
  // storage) this page alone has it.
  const spare = {};
  const kept = () => { try { return { ...localStorage, ...spare }; } catch { return spare; } };
  const keep = (key, answers) => {
    spare[key] = answers;
    try {
      localStorage.setItem(key, answers);
      if (localStorage.getItem(key) === answers) delete spare[key];
    } catch {}
  };
  const drop = (key) => { delete spare[key]; try { localStorage.removeItem(key); } catch {} };
  const keys = (due) => Object.keys(kept()).filter((key) => key.startsWith(KEEP) && kept()[key].includes(DUE) === due);
  const pathOf = (key) => key.slice(KEEP.length).split("#")[0];
  const written = () => new URLSearchParams(new FormData(form)).toString();
  const field = (answers, name) => new URLSearchParams(answers).get(name) || "";
  const token = (answers) => field(answers, "form_token").split("~");
  const own = () => form && `${KEEP + path}#${token(written())[2]}`;
  const here = (key) => mine ? key === mine : pathOf(key) === path;
  const begun = () => fresh ? keys(false).find(here) : own();
  const home = () => location.replace(path + "?language=" + document.documentElement.lang);
  const save = () => {
    fresh = false;
    if (form && !mine && !keys(true).includes(own())) keep(own(), written());
  };

  // By this number answers from one phone on one day (+07) can be counted; that of the day before is forgotten, and so are
  // the addresses of its acknowledgements.
  const today = () => DAY + new Date(Date.now() + 7 * 36e5).toISOString().slice(0, 10);
  const receipt = (key) => today() + key.slice(key.indexOf("#"));
  const dayNumber = () => {
    const key = today();
    Object.keys(kept()).forEach((old) => old.startsWith(DAY) && !old.startsWith(key) && drop(old));
    if (!kept()[key]) keep(key, crypto.getRandomValues(new Uint32Array(4)).join(""));
    return key in spare ? "" : kept()[key];
  };

  // What has been told about this page stays, beside how sending stands.
  const show = (names, focus) => {
    const state = find("#state"), all = [...told, ...names];
    state.className = all.length && `notice ${all.join(" ")}`;
    for (const line of state.children) line.hidden = !all.some((name) => line.dataset.in.split(" ").includes(name));
    if (focus) state.focus();
  };
  const label = (name) => document.querySelectorAll("[data-sending]").forEach((button) => { button.textContent = button.dataset[name]; });
  const tell = (note) => {
    const link = find("[data-late]"), [time, at] = note.split(" ");
    link.textContent = link.dataset.late.replace("{time}", time);
    link.href = at;
    told.push("late");
  };

  // Draw the server's page in the place of this one, and keep what is written on it in the place of what was kept. What was posted stands in no history, so Back asks nothing.
  const take = (page, address, key) => {
    document.documentElement.lang = page.documentElement.lang;
    document.title = page.title;
    document.body.replaceWith(page.body);
    history.replaceState(null, "", address);
    scrollTo(0, 0);
    fresh = false;
    start();
    if (key) {
      drop(key);
      save();
    }
    const first = find("#errors") || find("#notice") || find("h1");
    first.tabIndex = -1;
    first.focus();
  };

  // The page with which the server answers, `stored` with the address of the acknowledgement; nothing when it was not reached or cannot take it now. A page that is not the survey's own, from a
  // proxy or from a network that wants a login, is no answer, and an address that is not known now may be known again.
  const ours = (page) => page.getElementById("survey");
  const ask = async (to, answers) => {
    const stop = self.AbortController ? new AbortController() : { abort() {} }, clock = setTimeout(() => stop.abort(), 3e4);
    try {
      const reply = await fetch(to, {
        method: "POST", body: new URLSearchParams(answers + "&by=script"), signal: stop.signal, keepalive: true,
      });
      pause = pause || +reply.headers.get("Retry-After");
      busy = busy || reply.status === 503;
      const page = new DOMParser().parseFromString(await reply.text().catch(() => ""), "text/html");
      page.stored = reply.status === 201 && (reply.headers.get("Location") || path);
      return page.stored || (ours(page) && reply.status < 500 && reply.status !== 404) ? page : null;
    } catch {
      return null;
    } finally {
      clearTimeout(clock);
    }
  };

  // One thing at a time; what failed again when the server said, else after growing pauses, or as soon as the network or the
  // reader comes back.
  const queue = (task) => { turn = turn.then(task).catch(later); };
  const now = () => {
    clearTimeout(timer);
    timer = 0;
    queue(send);
  };
  const later = () => {
    failures++;
    clearTimeout(timer);
    timer = setTimeout(now, 1e3 * (pause || Math.min(300, 2 ** failures)));
  };
  const wake = () => document.hidden || timer && now();

  const received = (key, page) => {
    const isOwn = key === mine, note = `${new Date().toTimeString().slice(0, 5)} ${page.stored}`;
    drop(key);
    keep(receipt(key), note);
    if (isOwn && ours(page)) take(page, page.stored);
    else if (isOwn) {
      form.classList.add("waiting");
      told = ["received"];
    }
    if (failures || !isOwn) tell(note);
  };

  // The page's own form is shown with what is wrong. Another one is told of, and shown where its own address is opened.
  const refused = (key, answers, page) => {
    if (key === mine) return take(page, path, key);
    keep(key, answers.split(DUE)[0]);
    find("[data-refused]").href = pathOf(key);
    told.push("refused");
  };

  // Asked for by the page only while answers come in floods: a number that costs a phone a moment and a flood a day.
  const work = async (answers) => {
    const bits = form && +form.dataset.work, text = new TextEncoder();
    for (let tried = 0; bits && crypto.subtle; tried++) {
      const mark = await crypto.subtle.digest("SHA-256", text.encode(`${field(answers, "form_token")}:${tried}`));
      if (!(new DataView(mark).getUint32(0) >>> (32 - bits))) return "&work=" + tried;
    }
    return "";
  };

  // Everything that is to be sent, this page's own first. What another tab has sent meanwhile is told, what was deleted
  // there is not sent. When Send is pressed while others are under way, they wait.
  const send = async () => {
    const first = mine, stuck = [];
    pause = busy = 0;
    if (mine && !kept()[mine]) {
      const note = kept()[receipt(mine)];
      if (!note) return home();
      form.classList.add("waiting");
      tell(note);
    }
    let shut = await restore();
    for (const key of keys(true).sort((one, other) => (other === mine) - (one === mine))) {
      const answers = kept()[key];
      if (mine !== first) return now();
      if (!answers) continue;
      const page = await ask(pathOf(key), answers + await work(answers));
      if (!page) stuck.push(key);
      else if (page.stored) received(key, page);
      else refused(key, answers, page);
    }
    shut = shut || await restore();
    label("still");
    if (!stuck[0] && !shut) {
      failures = 0;
      return show([]);
    }
    if (stuck.includes(mine)) form.classList.add("waiting");
    show([shut ? "shut" : mine in spare ? "unkept" : busy ? "busy" : "unsent", stuck.some(here) && "here"], mine && !failures);
    later();
  };

  // What was being filled in when the page was left: the server draws that form again, with the questions it had, or says
  // why it takes it no more, with the answers to copy. Never over what has been written since. True: not reached.
  const restore = async () => {
    const key = fresh && begun(), answers = kept()[key];
    if (!answers) return;
    if (form) form.inert = true;
    const page = await ask(path, answers + "&language=" + field(answers, "page"));
    if (!fresh) return;
    if (!page) return true;
    take(page, path, key);
    if (!form) return;
    told = ["kept"];
    show([], true);
  };

  // Nothing can be written meanwhile; where a browser knows no `inert` the newest answers go once more.
  const speak = (language) => async () => {
    if (!form || mine) return;
    const answers = written(), key = kept()[own()] && own();
    form.inert = true;
    const page = await ask(path, answers + "&language=" + language);
    form.inert = false;
    if (mine) return;
    if (!page) return show(["offline"], true);
    if (answers !== written()) return speak(language)();
    take(page, path + "?language=" + language, key);
  };

  const deeds = {
    again: () => { label("sending"); now(); },
    stop: () => {
      keys(true).filter(here).forEach(drop);
      find("#state details").open = false;
      if (mine) home();
      else now();
    },
    anew: () => { drop(begun()); home(); },
  };

  // The server decides what counts; here questions whose condition is not met are only put out of sight.
  const chosen = (name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].filter((field) => !field.closest("[hidden]"));
  const update = () => form.querySelectorAll("[data-if]").forEach((box) => {
    box.hidden = !chosen(box.dataset.if).some((field) => box.dataset.in.split(" ").includes(field.value));
  });

  const start = () => {
    mine = null;
    told = [];
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
      queue(speak(value));
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      if (mine) return;
      const key = own();
      keep(key, written() + DUE + dayNumber());
      mine = key;
      fresh = false;
      told = [];
      failures = 0;
      label("sending");
      now();
    };
    update();
  };

  addEventListener("online", wake);
  addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", wake);
  document.documentElement.classList.add("script");
  start();
  fresh = true;
  // How old they are is for the server to say. Those of other addresses are forgotten a month after their last day, by the
  // time at which it opened this form.
  const opened = form && +token(written())[7];
  keys(false).forEach((key) => { if (!here(key) && +token(kept()[key])[8] + 30 * 86400 < opened) drop(key); });
  now();
})();
