// Makes the index of rows shorter on request. The page is complete without it.
(function () {
  "use strict";
  var form = document.getElementById("filters");
  var table = document.getElementById("index");
  if (!form || !table) { return; }
  var fields = ["text", "section", "state", "badge", "owner"];
  var field = function (name) { return document.getElementById("f-" + name); };
  var plain = function (text) { return text.toLowerCase().replace(/[\s§()]/g, ""); };
  var rows = [].map.call(table.querySelectorAll("tr.row"), function (row) {
    var head = row.querySelector("th");
    return {
      row: row,
      body: row.parentNode,
      words: head.textContent.toLowerCase() + " " + (row.dataset.owner || "").toLowerCase(),
      cite: plain(head.querySelector(".cite").textContent),
      section: row.parentNode.dataset.section,
      state: row.dataset.state,
      badge: row.dataset.badge,
      owner: row.dataset.owner
    };
  });

  function wanted() {
    var out = {};
    fields.forEach(function (name) { out[name] = field(name) ? field(name).value.trim() : ""; });
    return out;
  }

  function fits(item, want) {
    var words = want.text.toLowerCase().split(/\s+/).every(function (w) { return item.words.indexOf(w) >= 0; });
    var cite = want.text !== "" && item.cite.indexOf(plain(want.text)) >= 0;
    return (words || cite) && ["section", "state", "badge", "owner"].every(function (name) {
      return want[name] === "" || item[name] === want[name];
    });
  }

  function show() {
    var want = wanted();
    var shown = 0;
    rows.forEach(function (item) {
      var fit = fits(item, want);
      item.row.hidden = !fit;
      shown += fit ? 1 : 0;
    });
    [].forEach.call(table.tBodies, function (body) { body.hidden = !body.querySelector("tr.row:not([hidden])"); });
    document.getElementById("f-count").textContent = shown + " of " + rows.length + " rows";
    document.getElementById("f-none").hidden = shown > 0;
    var query = fields.filter(function (name) { return want[name] !== ""; }).map(function (name) {
      return name + "=" + encodeURIComponent(want[name]);
    }).join("&");
    // A page opened as a file may not change its address; the filter works all the same.
    try { history.replaceState(null, "", location.pathname + (query ? "?" + query : "") + location.hash); } catch (e) { /* as said */ }
  }

  location.search.slice(1).split("&").forEach(function (pair) {
    var at = pair.indexOf("=");
    var name = pair.slice(0, at);
    if (at > 0 && fields.indexOf(name) >= 0 && field(name)) {
      try { field(name).value = decodeURIComponent(pair.slice(at + 1).replace(/\+/g, " ")); } catch (e) { /* not an address of ours */ }
    }
  });
  form.addEventListener("input", show);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(show, 0); });
  form.hidden = false;
  show();
})();
