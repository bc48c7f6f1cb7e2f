// The staff page and the form of an answer. Both are complete without this.
(function () {
  "use strict";

  // Copies the path of a file.
  var said = document.getElementById("desk-said");
  [].forEach.call(document.querySelectorAll(".desk-copy"), function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      copy(button.getAttribute("data-copy"), function (done) {
        var words = button.firstChild;
        words.nodeValue = done ? "Copied" : "Copy it by hand";
        button.classList.toggle("done", done);
        if (said) { said.textContent = done ? "Copied " + button.getAttribute("data-copy") : "It could not be copied"; }
        setTimeout(function () { words.nodeValue = "Copy path"; button.classList.remove("done"); }, 2000);
      });
    });
  });

  function copy(text, then) {
    if (navigator.clipboard && navigator.clipboard.writeText) {
      navigator.clipboard.writeText(text).then(function () { then(true); }, function () { then(byHand(text)); });
    } else {
      then(byHand(text));
    }
  }

  function byHand(text) {
    var focus = document.activeElement;
    var box = document.createElement("textarea");
    box.value = text;
    box.setAttribute("readonly", "");
    box.className = "vh";
    document.body.appendChild(box);
    box.select();
    var done = false;
    try { done = document.execCommand("copy"); } catch (e) { /* says false */ }
    document.body.removeChild(box);
    if (focus) { focus.focus({ preventScroll: true }); }
    return done;
  }

  // What was typed is not lost by leaving the page; Ctrl+S saves.
  var notice = document.getElementById("desk-focus");
  if (notice) { notice.focus(); }
  var form = document.getElementById("desk-form");
  if (!form) { return; }
  var typed = Boolean(notice);
  var sent = false;
  form.addEventListener("input", function () { typed = true; });
  form.addEventListener("submit", function () { sent = true; });
  window.addEventListener("pageshow", function () { sent = false; });
  window.addEventListener("beforeunload", function (event) {
    if (typed && !sent) { event.preventDefault(); event.returnValue = ""; }
  });
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.querySelector(".desk-save").click();
    }
  });
})();
