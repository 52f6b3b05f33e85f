import "./theme/index.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";

createRoot(document.getElementById("root")!, {
  // A Guard has caught it and says so on the page: damaged content is no fault of the viewer's.
  onCaughtError: (error) => console.warn(error),
}).render(<App />);
