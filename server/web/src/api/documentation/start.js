// Draws the documentation of the API from the description beside this file.
SwaggerUIBundle({
  dom_id: "#api",
  url: new URL("openapi.json", document.currentScript.src).href,
  // Would put a link inside a button, which screen readers cannot reach.
  deepLinking: false,
  // It is another host's.
  validatorUrl: null,
  // A token stays in the page's memory: devices are shared.
  persistAuthorization: false,
  onComplete: () => document.getElementById("servers")?.setAttribute("aria-label", "Server"),
});
