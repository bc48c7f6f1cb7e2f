// Asks for the fonts of the first screen while the page is still being read, so that it is drawn with them at once. The
// page is complete without it: a font that is late is left for the next page, and nothing moves.
(function () {
  "use strict";
  if (!document.fonts || !document.fonts.load) { return; }
  var faces = ["400 1em 'Plex Sans'", "600 1em 'Plex Sans'", "600 1em 'Plex Serif'"];
  // Pages to be read have a face for that.
  if (document.currentScript.hasAttribute("data-text")) { faces.push("400 1em 'Plex Serif'", "italic 1em 'Plex Serif'"); }
  faces.forEach(function (face) {
    document.fonts.load(face).catch(function () { /* the stand-in is shown */ });
  });
})();
