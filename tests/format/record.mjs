// Writes recorded.json: what the formats of patterns.json come to in the programs that they are for.
//
//   npm install d3-format@3.1.2 d3-time-format@4.1.0 ssf@0.11.2
//   node record.mjs > recorded.json
//
// A row is [position of the pattern, program, locale, value, text]. Intl is given numbers as text, so that they are
// exact; d3 and the spreadsheet's reader are given binary numbers, which these values are. d3's own locale writes a
// minus as U+2212; here it has the hyphen of English.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { formatLocale } = require("d3-format");
const { utcFormat } = require("d3-time-format");
const SSF = require("ssf");
const version = (name) => JSON.parse(readFileSync(`${process.cwd()}/node_modules/${name}/package.json`)).version;

const { patterns, numbers, rounded_to_nothing, times, locales, unread, misrounded } = JSON.parse(
  readFileSync(new URL("patterns.json", import.meta.url)),
);
const d3 = formatLocale({ decimal: ".", thousands: ",", grouping: [3], currency: ["$", ""], minus: "-" });
const serial = (time) => Date.parse(time) / 86_400_000 + 25_569;
const rows = [];
patterns.forEach(({ intl, d3: specifier, spreadsheet }, at) => {
  const isTime = intl?.type === "date" || specifier?.type === "time";
  const values = isTime ? times : [...numbers, ...rounded_to_nothing];
  for (const value of values) {
    if (intl?.type === "date") {
      const text = new Intl.DateTimeFormat(intl.locale, intl.options).format(Date.parse(value));
      rows.push([at, "intl", intl.locale, value, text]);
    }
    if (intl?.type === "number") {
      for (const locale of intl.options.style === undefined ? locales : ["en"]) {
        rows.push([at, "intl", locale, value, new Intl.NumberFormat(locale, intl.options).format(value)]);
      }
    }
    if (specifier?.type === "number") rows.push([at, "d3", "en", value, d3.format(specifier.specifier)(+value)]);
    if (specifier?.type === "time") {
      rows.push([at, "d3", "en", value, utcFormat(specifier.specifier)(new Date(value))]);
    }
    // This reader rounds halves of negative numbers up, where spreadsheets round them away from zero.
    if (spreadsheet !== null && !misrounded.includes(value)) {
      const cell = isTime ? serial(value) : +value;
      // Codes that this reader does not know, and the test's other reader does.
      if (!unread.includes(spreadsheet)) rows.push([at, "spreadsheet", "en", value, SSF.format(spreadsheet, cell)]);
    }
  }
});
const versions = {
  node: process.versions.node,
  icu: process.versions.icu,
  cldr: process.versions.cldr,
  "d3-format": version("d3-format"),
  "d3-time-format": version("d3-time-format"),
  ssf: version("ssf"),
};
const lines = rows.map((row) => "  " + JSON.stringify(row)).join(",\n");
console.log(`{\n "versions": ${JSON.stringify(versions)},\n "rows": [\n${lines}\n ]\n}`);
