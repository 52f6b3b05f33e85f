export function App() {
  return <main>Executable lectures</main>;
}
