// Finds words and citations in the whole binder. Pages are complete without it; the index is loaded at the first use.
(function () {
  "use strict";
  var opener = document.getElementById("find");
  var own = document.currentScript;
  if (!opener || !own || !window.HTMLDialogElement) { return; }
  // The index lies beside this script, one folder below the top of the site.
  var folder = own.src.replace(/[^\/]*$/, "");
  var top = folder.replace(/[^\/]*\/$/, "");
  var SHOWN = 5;

  // Words: letters and digits, in lower case, without accents. One code for texts and for queries.
  var WORD = /[\p{L}\p{N}\p{M}]+/gu;
  var OTHER = { "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d" };
  function fold(word) {
    word = word.toLowerCase();
    if (/^[\x00-\x7f]*$/.test(word)) { return word; }
    return word.normalize("NFKD").replace(/\p{M}+/gu, "").replace(/[ßæœøłđ]/g, function (c) { return OTHER[c]; });
  }
  function wordsOf(text) {
    if (/^[\x00-\x7f]*$/.test(text)) { return text.toLowerCase().match(/[a-z0-9]+/g) || []; }
    return (text.match(WORD) || []).map(fold);
  }

  // Letters to change, add, leave out or swap to make one word the other, or the beginning of the other.
  function distance(a, b, most) {
    var before = null, last = [], now, i, j, least;
    for (j = 0; j <= b.length; j += 1) { last[j] = j; }
    for (i = 1; i <= a.length; i += 1) {
      now = [i];
      least = i;
      for (j = 1; j <= b.length; j += 1) {
        now[j] = Math.min(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) { now[j] = Math.min(now[j], before[j - 2] + 1); }
        least = Math.min(least, now[j]);
      }
      if (least > most) { return { whole: most + 1, start: most + 1 }; }
      before = last;
      last = now;
    }
    return { whole: last[b.length], start: Math.min.apply(null, last) };
  }

  // The index of words, made once from the texts.
  function Engine(data) {
    var engine = this;
    engine.data = data;
    engine.words = new Map();
    engine.onPage = data.pages.map(function () { return []; });
    engine.withText = data.texts.map(function () { return []; });
    var put = function (text, list, number) {
      wordsOf(text).forEach(function (word) {
        var entry = engine.words.get(word);
        if (!entry) { engine.words.set(word, entry = { title: [], page: [], text: [] }); }
        var places = entry[list];
        if (places[places.length - 1] !== number) { places.push(number); }
      });
    };
    data.texts.forEach(function (text, number) { put(text, "text", number); });
    data.pages.forEach(function (page, number) { put(page[1], "page", number); });
    data.places.forEach(function (place, number) {
      put(place[3] || data.pages[place[1]][1], "title", number);
      engine.onPage[place[1]].push(number);
      engine.withText[place[4]].push(number);
    });
    engine.sorted = Array.from(engine.words.keys()).sort();
  }

  // Words of the binder that a word of the query means, each with how well it fits.
  Engine.prototype.meant = function (word, alone, typos) {
    var engine = this;
    var found = new Map();
    var add = function (other, fit) {
      if (engine.words.has(other) && !(found.get(other) >= fit)) { found.set(other, fit); }
    };
    add(word, 1);
    if (word.length > 3) {
      if (/ies$/.test(word)) { add(word.slice(0, -3) + "y", 0.9); }
      if (/es$/.test(word)) { add(word.slice(0, -2), 0.85); }
      if (/s$/.test(word)) { add(word.slice(0, -1), 0.9); }
    }
    if (word.length > 1 || alone) {
      var from = 0, to = engine.sorted.length;
      while (from < to) {
        var middle = (from + to) >> 1;
        if (engine.sorted[middle] < word) { from = middle + 1; } else { to = middle; }
      }
      for (; from < engine.sorted.length && engine.sorted[from].indexOf(word) === 0; from += 1) {
        add(engine.sorted[from], 0.5 + 0.35 * word.length / engine.sorted[from].length);
      }
    }
    // A number is what it is.
    var most = /\d/.test(word) || word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
    if (most > 0 && (typos || found.size === 0)) {
      engine.sorted.forEach(function (other) {
        if (other.length < word.length - most || /\d/.test(other)) { return; }
        var off = distance(word, other.slice(0, word.length + most), most);
        var whole = other.length <= word.length + most && off.whole <= most;
        if (whole) { add(other, 0.4 / off.whole); } else if (off.start <= most) { add(other, 0.2 / Math.max(1, off.start)); }
      });
    }
    return found;
  };

  // How well each place fits a word: 0 where it has none of what is meant.
  Engine.prototype.fits = function (meant) {
    var engine = this;
    var fits = new Float64Array(engine.data.places.length);
    var best = function (place, fit) { if (fit > fits[place]) { fits[place] = fit; } };
    meant.forEach(function (fit, word) {
      var entry = engine.words.get(word);
      entry.text.forEach(function (text) { engine.withText[text].forEach(function (place) { best(place, fit); }); });
      entry.page.forEach(function (page) { engine.onPage[page].forEach(function (place) { best(place, 2 * fit); }); });
      entry.title.forEach(function (place) { best(place, 6 * fit); });
    });
    return fits;
  };

  Engine.prototype.find = function (query) {
    var engine = this;
    var words = wordsOf(query).filter(function (word, at, all) { return all.indexOf(word) === at; });
    var cited = engine.cited(query);
    var out = engine.byWords(words, false);
    if (!out.places.length && !cited.length) { out = engine.byWords(words, true); }
    if (cited.length) {
      out.places = cited.map(function (place) { return { place: place, score: Infinity, cited: true }; }).concat(
        out.places.filter(function (found) { return cited.indexOf(found.place) < 0; }));
    }
    return out;
  };

  Engine.prototype.byWords = function (words, typos) {
    var engine = this;
    var data = engine.data;
    var marked = new Map();
    if (!words.length) { return { places: [], marked: marked }; }
    var scores = null;
    words.forEach(function (word, number) {
      var meant = engine.meant(word, words.length === 1, typos);
      meant.forEach(function (fit, other) { marked.set(other, number); });
      var fits = engine.fits(meant);
      var having = 0;
      fits.forEach(function (fit) { having += fit > 0 ? 1 : 0; });
      var rare = Math.log(2 + data.places.length / (1 + having));
      scores = fits.map(function (fit, place) { return fit === 0 || (scores && scores[place] === 0) ? 0 : (scores ? scores[place] : 0) + fit * rare; });
    });
    var phrase = words.join(" ");
    var places = [];
    scores.forEach(function (score, number) {
      if (score === 0) { return; }
      var place = data.places[number];
      if (words.length > 1) {
        var title = wordsOf(place[3] || data.pages[place[1]][1]).join(" ");
        if (title.indexOf(phrase) >= 0) { score += 12; } else if (wordsOf(data.texts[place[4]]).join(" ").indexOf(phrase) >= 0) { score += 4; }
      }
      places.push({ place: number, score: place[5] ? score / 2 : score });
    });
    places.sort(function (a, b) { return b.score - a.score || a.place - b.place; });
    return { places: places, marked: marked };
  };

  // The rows that a citation means, in any spelling: the row itself first, then what stands below it.
  Engine.prototype.cited = function (query) {
    var keys = this.data.keys;
    var typed = query.toLowerCase().replace(/©/g, "c").replace(/\b(45\s*c\.?\s*f\.?\s*r\.?|section|sec\.|part|hipaa)/g, " ");
    if (!/^[\sa-z0-9§.,()\[\]'\u2010-\u2015\/-]*$/.test(typed)) { return []; }
    var key = typed.replace(/[^a-z0-9]/g, "").replace(/^45(?=164)/, "").replace(/^164(?=3\d\d|$)/, "");
    if (!/^3(08|10|12|14|16)/.test(key)) { return []; }
    var found = [];
    var add = function (place) { if (found.indexOf(place) < 0) { found.push(place); } };
    var has = function (name) { return Object.prototype.hasOwnProperty.call(keys, name); };
    if (has(key)) { add(keys[key]); }
    Object.keys(keys).sort(function (a, b) { return keys[a] - keys[b]; }).forEach(function (name) { if (name.indexOf(key) === 0) { add(keys[name]); } });
    // A paragraph below what the binder knows leads to what stands above it.
    for (var end = key.length - 1; !found.length && end > 3 && /^([a-z]|\d{1,2}|[ivx]{1,5})+$/.test(key.slice(end)) && key.length - end < 6; end -= 1) {
      if (has(key.slice(0, end))) { add(keys[key.slice(0, end)]); }
    }
    return found;
  };

  function make(name, attributes, children) {
    var node = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    (children || []).forEach(function (child) { node.append(child); });
    return node;
  }

  // Puts a text into a node, its words that are meant in marks. Text only: nothing in it can become markup.
  function mark(node, text, marked) {
    var at = 0;
    text.replace(WORD, function (word, from) {
      if (!marked.has(fold(word))) { return word; }
      node.append(text.slice(at, from), make("mark", {}, [word]));
      at = from + word.length;
      return word;
    });
    node.append(text.slice(at));
    return node;
  }

  // The parts of a text in which the words of the query are met first, as few parts as show them all, at most three.
  function snippet(text, marked) {
    var LENGTH = 190;
    if (text.length <= LENGTH) { return text; }
    var hits = [];
    text.replace(WORD, function (word, at) {
      var folded = fold(word);
      if (marked.has(folded) && hits.length < 500) { hits.push([at, marked.get(folded), at + word.length]); }
      return word;
    });
    var shown = new Set();
    var parts = [];
    while (parts.length < 3) {
      var best = null, most = 0;
      for (var i = 0; i < hits.length; i += 1) {
        var more = new Set();
        for (var j = i; j < hits.length && hits[j][2] < hits[i][0] + LENGTH - 60; j += 1) { if (!shown.has(hits[j][1])) { more.add(hits[j][1]); } }
        if (more.size > most) { most = more.size; best = { from: hits[i][0], words: more }; }
      }
      if (!best) { break; }
      best.words.forEach(function (word) { shown.add(word); });
      parts.push(best.from);
    }
    if (!parts.length) { parts = [0]; }
    parts.sort(function (a, b) { return a - b; });
    var out = "", end = 0;
    parts.forEach(function (at, number) {
      var length = number + 1 < parts.length ? LENGTH / 2 : parts.length > 1 ? LENGTH * 0.75 : LENGTH;
      var from = at < 60 ? 0 : text.lastIndexOf(" ", at - 40) + 1;
      if (at - from > 80) { from = at; }
      from = Math.max(from, end);
      if (from > end || (end === 0 && from > 0)) { out += "\u2026 "; }
      end = text.length <= from + length ? text.length : text.lastIndexOf(" ", from + length);
      if (end <= at) { end = Math.min(text.length, at + Math.floor(length)); }
      out += text.slice(from, end) + " ";
    });
    return out.trim() + (end < text.length ? " \u2026" : "");
  }

  var engine = null, loading = false, dialog, input, list, status, hint, options = [], active = -1, more = {};

  function load() {
    if (engine || loading) { return; }
    loading = true;
    status.textContent = "Loading the index";
    var script = make("script", { src: folder + opener.getAttribute("data-index") });
    script.onload = function () {
      loading = false;
      script.remove();
      if (!window.binderSearchIndex) { script.onerror(); return; }
      engine = new Engine(window.binderSearchIndex);
      delete window.binderSearchIndex;
      show();
    };
    script.onerror = function () {
      loading = false;
      script.remove();
      status.textContent = "";
      say("The index of the search is not there. The binder may have been published anew: load this page again.");
    };
    document.head.append(script);
  }

  function say(words) {
    hint.textContent = words;
    hint.hidden = words === "";
  }

  function choose(number) {
    if (options[active]) { options[active].setAttribute("aria-selected", "false"); }
    active = options.length ? (number + options.length) % options.length : -1;
    if (active < 0) { input.removeAttribute("aria-activedescendant"); return; }
    options[active].setAttribute("aria-selected", "true");
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  function option(found, marked, number) {
    var place = engine.data.places[found.place];
    var page = engine.data.pages[place[1]];
    var link = make("a", { role: "option", id: "find-" + number, tabindex: "-1", "aria-selected": "false",
      href: top + page[0] + (place[2] ? "#" + place[2] : "") });
    var title = make("span", { "class": "find-title" });
    var words = place[3] || page[1];
    if (found.cited && words.indexOf(" ") > 0) {
      title.append(make("mark", {}, [words.slice(0, words.indexOf(" "))]), words.slice(words.indexOf(" ")));
    } else {
      mark(title, words, marked);
    }
    link.append(title);
    if (place[3] && place[3] !== page[1]) { link.append(" ", make("span", { "class": "find-where" }, [page[1]])); }
    var text = engine.data.texts[place[4]];
    if (text) { link.append(" ", mark(make("span", { "class": "find-text" }), snippet(text, marked), marked)); }
    return link;
  }

  function show() {
    if (!engine) { return; }
    var query = input.value.trim();
    var found = engine.find(query);
    var total = found.places.length;
    list.textContent = "";
    options = [];
    // Rows come first, then the groups with the best result.
    var groups = new Map();
    found.places.forEach(function (one) {
      var kind = engine.data.places[one.place][0];
      if (!groups.has(kind)) { groups.set(kind, []); }
      groups.get(kind).push(one);
    });
    var kinds = Array.from(groups.keys());
    if (groups.has(0)) { kinds = [0].concat(kinds.filter(function (kind) { return kind !== 0; })); }
    kinds.forEach(function (kind) {
      var all = groups.get(kind);
      var name = engine.data.kinds[kind];
      var group = make("div", { role: "group", "aria-label": name }, [
        make("div", { "class": "find-kind", "aria-hidden": "true" }, [name + " ", make("span", {}, [String(all.length)])])]);
      var some = more[kind] ? all.slice(0, 200) : all.slice(0, all.length === SHOWN + 1 ? SHOWN + 1 : SHOWN);
      some.forEach(function (one) {
        var link = option(one, found.marked, options.length);
        options.push(link);
        group.append(link);
      });
      if (!more[kind] && some.length < all.length) {
        var rest = make("div", { role: "option", id: "find-" + options.length, "class": "find-more", "aria-selected": "false" },
          ["Show " + (Math.min(all.length, 200) - some.length) + " more in " + name]);
        rest.addEventListener("click", function () {
          var at = options.indexOf(rest);
          more[kind] = true;
          show();
          choose(at);
        });
        options.push(rest);
        group.append(rest);
      }
      list.append(group);
    });
    list.hidden = total === 0;
    input.setAttribute("aria-expanded", String(total > 0));
    active = -1;
    choose(0);
    list.scrollTop = 0;
    status.textContent = query === "" ? "" : total === 0 ? "No results" : total === 1 ? "1 result" : total + " results";
    say(total > 0 ? "" : query === "" ?
      "Type words, a name, or a citation in any spelling: training, 308a5, 164.312(d)." :
      "Nothing in this binder has all of these words. Try fewer words, the beginning of a word, or a citation such as 308a5. Words in scans and pictures can\u2019t be found.");
  }

  function build() {
    input = make("input", { type: "text", id: "find-words", role: "combobox", "aria-label": "Search the binder", "aria-controls": "find-list",
      "aria-expanded": "false", "aria-autocomplete": "list", "aria-haspopup": "listbox", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      enterkeyhint: "go", placeholder: "Words or a citation" });
    var close = make("button", { type: "button", "class": "find-close" }, ["Close"]);
    list = make("div", { id: "find-list", role: "listbox", "aria-label": "Results" });
    status = make("p", { "class": "find-status", role: "status" });
    hint = make("p", { "class": "find-hint" });
    dialog = make("dialog", { "class": "find-dialog", "aria-label": "Search" },
      [make("div", { "class": "find-head" }, [input, close]), hint, list, make("div", { "class": "find-foot" }, [status])]);
    list.hidden = true;
    input.addEventListener("input", function () { more = {}; show(); });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) { return; }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        choose(active + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && options[active]) {
        event.preventDefault();
        var link = options[active];
        if (link.href && (event.ctrlKey || event.metaKey)) { window.open(link.href, "_blank", "noopener"); } else { link.click(); }
      }
    });
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("click", function (event) {
      var link = event.target.closest("a");
      if (event.target === dialog || (link && !event.ctrlKey && !event.metaKey && !event.shiftKey)) { dialog.close(); }
    });
    document.body.append(dialog);
  }

  function open(words) {
    if (!dialog) { build(); }
    if (words !== undefined) { input.value = words; }
    if (!dialog.open) { dialog.showModal(); }
    input.focus();
    input.select();
    if (engine) { show(); } else { say(""); load(); }
  }

  opener.setAttribute("role", "button");
  opener.setAttribute("aria-haspopup", "dialog");
  opener.setAttribute("aria-keyshortcuts", "/ Control+K");
  opener.append(make("kbd", { "aria-hidden": "true" }, ["/"]));
  opener.addEventListener("click", function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    event.preventDefault();
    open();
  });
  opener.addEventListener("keydown", function (event) { if (event.key === " ") { event.preventDefault(); open(); } });
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    var slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (slash || ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k")) {
      event.preventDefault();
      open();
    }
  });

  // A page that is loaded again while somebody searches goes on searching.
  var KEEP = "binder-search";
  var storage = function (work) { try { return work(window.sessionStorage); } catch (e) { return null; } };
  window.addEventListener("pagehide", function () {
    if (dialog && dialog.open) { storage(function (s) { s.setItem(KEEP, JSON.stringify([location.pathname, input.value])); }); }
  });
  storage(function (s) {
    var kept = JSON.parse(s.getItem(KEEP));
    s.removeItem(KEEP);
    var way = performance.getEntriesByType("navigation")[0];
    if (kept && kept[0] === location.pathname && way && way.type === "reload") { open(String(kept[1])); }
  });
})();
