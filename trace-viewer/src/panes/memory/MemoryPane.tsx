/** How much memory the live tensors take at the current step, by what they are for. */
export default function MemoryPane() {
  return <section className="memory" aria-label="Memory" />;
}
