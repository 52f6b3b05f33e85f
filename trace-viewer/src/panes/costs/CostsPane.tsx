/** What the lines cost: the dearest first, and where they stand under the roofline. */
export default function CostsPane() {
  return <section className="costs" aria-label="Costs" />;
}
