// The linter of the review page's JavaScript. The page has no build step: the browser gets the files as they are.
import js from "@eslint/js";
import globals from "globals";

const PAGE = "ecp_ingest/review/static/**/*.js";

export default [
  { ignores: [".venv/", "docs/", "site/", "out/", "build/", "tests/data/"] },
  js.configs.recommended,
  {
    rules: {
      "max-len": ["error", { code: 120 }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: [PAGE], languageOptions: { globals: globals.browser } },
  { files: ["tests/**/*.js"], languageOptions: { globals: globals.node } },
];
