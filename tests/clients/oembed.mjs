// A generic oEmbed client (oembetter), which knows nothing of this service: it finds oEmbed in the page of an embed, in JSON
// and in XML, and gets a frame of the size it allows.
import { createRequire } from "node:module";

const [base, modules] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const client = require("oembetter")();

const fetched = (address, options) =>
  new Promise((resolve, reject) => client.fetch(address, options, (error, told) => (error ? reject(error) : resolve(told))));

for (const item of ["phases", "phases/construction", "articles/mesurer-l-impact", "pages/approche"]) {
  const told = await fetched(`${base}/embed/${item}`, { maxwidth: 480, maxheight: 700 });
  const right = told.type === "rich" && Number(told.width) === 480 && Number(told.height) <= 700;
  if (!right || !told.html.includes(`${base}/embed/${item}`)) throw new Error(`${item}: ${JSON.stringify(told)}`);
  console.log(`oembetter: ${item} ${told.width} × ${told.height}, "${told.title}" from ${told.provider_name}`);
}
