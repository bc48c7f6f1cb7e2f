// Follows the builds of `binder serve`. In served pages only.
(function () {
  "use strict";
  var root = document.documentElement;
  var site = root.getAttribute("data-binder-site");
  var build = root.getAttribute("data-binder-build");
  var byId = function (id) { return document.getElementById(id); };
  // Private windows may have no storage: then nothing is remembered.
  var store = function (area) {
    return {
      get: function (key) { try { return window[area].getItem(key); } catch (e) { return null; } },
      set: function (key, value) { try { window[area].setItem(key, value); } catch (e) { /* as said */ } },
      drop: function (key) { try { window[area].removeItem(key); } catch (e) { /* as said */ } }
    };
  };
  var lasting = store("localStorage");
  var session = store("sessionStorage");

  function say(words, lost) {
    var live = byId("binder-live");
    if (live && live.textContent !== words) { live.textContent = words; }
    var bar = byId("binder-bar");
    if (bar) { bar.className = lost ? "binder-bar binder-lost" : "binder-bar"; }
  }

  // Where the reader was, for the page that comes next.
  function keepPlace() {
    var focus = document.activeElement;
    session.set("binder-place", JSON.stringify({
      page: location.pathname, x: window.scrollX, y: window.scrollY, focus: focus && focus !== document.body ? focus.id : ""
    }));
  }

  function backToPlace() {
    var kept = session.get("binder-place");
    if (!kept) { return; }
    session.drop("binder-place");
    try { kept = JSON.parse(kept); } catch (e) { return; }
    if (kept.page !== location.pathname) { return; }
    var focus = kept.focus && byId(kept.focus);
    if (focus) { focus.focus({ preventScroll: true }); }
    // At once, also where the theme lets pages glide.
    window.scrollTo({ left: kept.x, top: kept.y, behavior: "instant" });
  }

  function follows() { return lasting.get("binder-follow") === "yes"; }

  // A page on which somebody types is never left for a newer one.
  var keeps = root.hasAttribute("data-binder-keep");

  function goOn(state) {
    var to = state.changed;
    session.set("binder-seen", state.site);
    if (follows() && to) {
      var path = "/" + to.page.split("/").map(encodeURIComponent).join("/");
      var here = location.pathname === path || (path === "/index.html" && location.pathname === "/");
      if (!here) {
        location.assign(path + (to.anchor ? "#" + encodeURIComponent(to.anchor) : ""));
        return;
      }
    }
    keepPlace();
    location.reload();
  }

  // The panel is exchanged in place: what the reader typed into the page stays.
  function panel() {
    fetch("/_binder/panel.html").then(function (answer) {
      if (!answer.ok) { return; }
      var number = answer.headers.get("binder-build");
      return answer.text().then(function (html) {
        byId("binder-panel-place").innerHTML = html;
        build = number || build;
        root.setAttribute("data-binder-build", build);
        dress();
      });
    }).catch(function () { /* the stream says when we are back */ });
  }

  // A panel can be folded to its headline, to read what it covers.
  function dress() {
    var fold = byId("binder-panel-fold");
    var list = byId("binder-panel-list");
    if (!fold || !list) { return; }
    fold.hidden = false;
    fold.addEventListener("click", function () {
      list.hidden = !list.hidden;
      fold.setAttribute("aria-expanded", String(!list.hidden));
      fold.textContent = list.hidden ? "Unfold" : "Fold";
    });
  }

  var leaving = false;
  function heard(state) {
    if (leaving) { return; }
    if (byId("binder-pdf")) { byId("binder-pdf").textContent = state.pdf.words; }
    if (state.site !== site && !keeps) {
      leaving = true;
      goOn(state);
      return;
    }
    say(state.errors ? "Waiting for a file to be put right" : (keeps ? "What you type stays until you save" : "Up to date, " + state.at), state.errors > 0);
    if (state.build !== build) { panel(); }
  }

  // Only a page that is seen listens: browsers allow few connections to one server, however many tabs are open. A page
  // that comes back hears at once what is so now.
  var stream = null;
  function listen() {
    if (document.hidden || stream || !window.EventSource) { return; }
    stream = new EventSource("/_binder/events");
    stream.onmessage = function (event) {
      var state;
      try { state = JSON.parse(event.data); } catch (e) { return; }
      heard(state);
    };
    stream.onerror = function () {
      say("binder serve does not answer. Trying again", true);
      // A stream that was refused does not try again by itself.
      if (stream && stream.readyState === 2) { hush(); setTimeout(listen, 1000); }
    };
  }
  function hush() { if (stream) { stream.close(); stream = null; } }

  document.addEventListener("visibilitychange", function () { if (document.hidden) { hush(); } else { listen(); } });
  window.addEventListener("pagehide", hush);
  window.addEventListener("pageshow", function () { leaving = false; listen(); });

  var box = byId("binder-follow");
  if (box) {
    box.checked = follows();
    box.addEventListener("change", function () { lasting.set("binder-follow", box.checked ? "yes" : "no"); });
    byId("binder-follow-label").hidden = false;
  }
  say("Connecting");
  dress();
  backToPlace();
  listen();
})();
