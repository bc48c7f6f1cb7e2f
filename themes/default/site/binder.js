// Filters and sorts the index of rows on request. The page is complete without it.
(function () {
  "use strict";
  var form = document.getElementById("filters");
  var table = document.getElementById("index");
  if (!form || !table) { return; }

  var states = ["not-documented", "partly-documented", "documented", "does-not-apply"];
  var marks = ["none", "partial", "full", "not-needed"];
  var columns = ["answer", "policy", "evidence", "decision"];
  var narrowing = ["text", "section", "state", "kind", "owner"];
  var names = narrowing.concat("sort");
  var field = function (name) { return document.getElementById("f-" + name); };
  var value = function (name) { return field(name) ? field(name).value.trim() : ""; };
  var plain = function (text) { return text.toLowerCase().replace(/[\s§()]/g, ""); };
  var list = function (of) { return [].slice.call(of); };
  // Which of these names an element has as a class; -1 for none.
  var which = function (names, of) { return names.findIndex(function (name) { return of.classList.contains(name); }); };

  var rows = list(table.querySelectorAll("tr.row")).map(function (row, place) {
    var head = row.querySelector("th");
    var state = which(states, row.querySelector(".state"));
    var owner = row.querySelector(".c-owner .word");
    owner = owner ? owner.nextElementSibling.textContent : "";
    var item = {
      row: row,
      home: row.parentNode,
      words: head.textContent.toLowerCase() + " " + owner.toLowerCase(),
      cite: plain(head.querySelector(".cite").textContent),
      section: row.parentNode.dataset.section,
      state: states[state],
      kind: row.dataset.kind,
      owner: owner,
      // What a column is sorted by: the smaller comes first, and null always last.
      key: {
        rule: place,
        owner: owner ? owner.toLowerCase() : null,
        state: state,
        gaps: Number(row.dataset.gaps || 0),
        places: Number(row.dataset.places || 0),
        history: row.dataset.history === undefined ? null : Number(row.dataset.history)
      }
    };
    list(row.querySelectorAll("td.m")).forEach(function (cell, number) { item.key[columns[number]] = which(marks, cell); });
    return item;
  });
  var bodies = list(table.tBodies);
  var sorted = table.appendChild(document.createElement("tbody"));

  // Headings become buttons: once for the usual direction, twice for the other, three times for the rule's own order.
  var heads = list(table.querySelectorAll("th[data-sort]")).map(function (head) {
    var usual = head.dataset.sort;
    var button = document.createElement("button");
    button.type = "button";
    while (head.firstChild) { button.appendChild(head.firstChild); }
    head.appendChild(button);
    button.addEventListener("click", function () {
      var now = value("sort");
      var other = usual.charAt(0) === "-" ? usual.slice(1) : "-" + usual;
      field("sort").value = usual === "rule" ? (now === "" ? other : "") : now === usual ? other : now === other ? "" : usual;
      changed(true);
    });
    return { head: head, button: button, key: usual.replace("-", "") };
  });
  // As cards the rows have no headings to press; the order has a field of its own there.
  var reach = function () {
    var cards = getComputedStyle(table).display !== "table";
    heads.forEach(function (h) { h.button.tabIndex = cards ? -1 : 0; });
  };
  window.addEventListener("resize", reach);
  // Asking how the table is shown makes the browser lay it out: not before it must.
  requestAnimationFrame(reach);

  // The row that the address names is always shown.
  var named = null;
  function find() {
    var id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch (e) { /* not an address of ours */ }
    var there = id ? document.getElementById(id) : null;
    named = there && there.matches("tr.row") ? there : null;
    return there && table.contains(there) ? there : null;
  }

  function fits(item) {
    var text = value("text").toLowerCase();
    var words = text.split(/\s+/).every(function (word) { return item.words.indexOf(word) >= 0; });
    var cite = plain(text) !== "" && item.cite.indexOf(plain(text).replace(/^45cfr/, "")) >= 0;
    return (words || cite) && narrowing.slice(1).every(function (name) {
      return value(name) === "" || item[name] === value(name);
    });
  }

  function order() {
    var by = value("sort");
    var down = by.charAt(0) === "-";
    var key = by.replace("-", "");
    heads.forEach(function (h) {
      var here = h.key === (key || "rule");
      if (here) { h.head.setAttribute("aria-sort", down ? "descending" : "ascending"); } else { h.head.removeAttribute("aria-sort"); }
    });
    // Moving rows costs a layout: only when they are not where they belong.
    if (key === "") {
      if (!sorted.firstChild) { return key; }
      rows.forEach(function (item) { item.home.appendChild(item.row); });
    } else {
      rows.slice().sort(function (one, other) {
        var a = one.key[key], b = other.key[key];
        if (a === b) { return one.key.rule - other.key.rule; }
        if (a === null || b === null) { return a === null ? 1 : -1; }
        return (a < b ? -1 : 1) * (down ? -1 : 1);
      }).forEach(function (item) { sorted.appendChild(item.row); });
    }
    table.classList.toggle("sorted", key !== "");
    return key;
  }

  function show() {
    var count = 0;
    var extra = false;
    var key = order();
    rows.forEach(function (item) {
      var fit = fits(item);
      var kept = !fit && item.row === named;
      item.row.hidden = !fit && !kept;
      count += fit ? 1 : 0;
      extra = extra || kept;
    });
    bodies.forEach(function (body) { body.hidden = key !== "" || !body.querySelector("tr.row:not([hidden])"); });
    sorted.hidden = key === "";
    var chosen = function (name) { var f = field(name); return f.options ? f.options[f.selectedIndex].text : "\u201c" + f.value.trim() + "\u201d"; };
    var said = count + " of " + rows.length + " rows" + (extra ? ", and the one that the address names" : "");
    field("count").textContent = said;
    field("none").hidden = count > 0 || extra;
    var asked = names.filter(function (name) { return value(name) !== ""; });
    // On paper the fields are gone: what was chosen is said in words.
    field("said").textContent = asked.length === 0 ? "" : "Shown: " + said + ". " + asked.map(function (name) {
      return document.querySelector("label[for=f-" + name + "]").textContent + ": " + chosen(name);
    }).join("; ") + ".";
  }

  function query() {
    var parts = names.filter(function (name) { return value(name) !== ""; }).map(function (name) {
      return name + "=" + encodeURIComponent(value(name));
    });
    return parts.length ? "?" + parts.join("&") : "";
  }

  // Sets the fields as the address says. What it names that is not here is left out.
  function read() {
    var asked = {};
    location.search.slice(1).split("&").forEach(function (pair) {
      var at = pair.indexOf("=");
      try { asked[pair.slice(0, at)] = decodeURIComponent(pair.slice(at + 1).replace(/\+/g, " ")).trim(); } catch (e) { /* not an address of ours */ }
    });
    if (asked.section) { asked.section = asked.section.replace(/^\D*(164\.)?/, ""); }
    names.forEach(function (name) {
      var f = field(name);
      if (!f) { return; }
      var wanted = asked[name] || "";
      if (!f.options) { f.value = wanted; return; }
      var option = list(f.options).filter(function (o) { return o.value.toLowerCase() === wanted.toLowerCase(); })[0];
      f.value = option ? option.value : "";
    });
  }

  var fixed = false; // the browser lets this page not change its address
  function changed(step) {
    named = null;
    show();
    var to = location.pathname + query();
    if (location.pathname + location.search + location.hash === to) { return; }
    try {
      history[step ? "pushState" : "replaceState"](null, "", to);
    } catch (e) {
      fixed = true;
    }
    var link = field("link");
    link.hidden = !fixed;
    if (fixed) { link.href = location.pathname + query(); }
  }

  form.addEventListener("input", function (event) { changed(event.target !== field("text")); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(function () { changed(true); }, 0); });
  window.addEventListener("popstate", function () {
    if (!fixed) { read(); }
    arrive();
  });
  window.addEventListener("hashchange", arrive);

  // Shows what the address names, and goes there: what was hidden or moved is not where the browser looked for it.
  function arrive() {
    var there = find();
    // A section is a place only in the order of the rule.
    if (there && !named) { field("sort").value = ""; }
    show();
    if (there) { there.scrollIntoView({ behavior: "instant" }); }
  }
  read();
  form.hidden = false;
  arrive();
})();
