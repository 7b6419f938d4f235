// Checks pages against the rules of HTML and its accessibility. Standard input has a
// page on each line: {"path": "/", "body": "<!doctype html>…"}. Each problem is a
// line on standard output: {"path": "/", "rule": "…", "text": "…", "line": 1}.

import { createInterface } from "node:readline";
import { FileSystemConfigLoader, HtmlValidate } from "html-validate";

const validator = new HtmlValidate(new FileSystemConfigLoader({
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y"],
  rules: {
    "aria-label-misuse": ["error", { allowAnyNamable: true }], // a list may have a name
    "no-implicit-button-type": "off", // of a form with one way on, HTML says it all
    "prefer-native-element": ["error", { exclude: ["region"] }], // what scrolls is no section of the text
  },
}));

for await (const line of createInterface({ input: process.stdin })) {
  const { path, body } = JSON.parse(line);
  const report = await validator.validateString(body);
  for (const { messages } of report.results) {
    for (const { ruleId, message, line } of messages) {
      console.log(JSON.stringify({ path, rule: ruleId, text: message, line }));
    }
  }
}
