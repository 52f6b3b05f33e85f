import type { Role } from "../../logic/memory";

export const ROLE_NAMES: Record<Role, string> = {
  parameters: "Parameters",
  gradients: "Gradients",
  optimizer: "Optimizer state",
  activations: "Activations",
  other: "Other",
};

/** What is laid over each role's colour, so that no role is told by colour alone. */
const MARKS: Record<Role, string> = {
  parameters: "",
  gradients: "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
  optimizer: "M1 1h2v2h-2zM4 4h2v2h-2z",
  activations: "M0 1.5H6M0 4.5H6",
  other: "M1.5 0V6",
};

/** The fills of the roles, for one <svg>; `id` tells them from those of others on the page. */
export function RolePatterns({ id }: { id: string }) {
  return (
    <defs>
      {(Object.keys(MARKS) as Role[]).map((role) => (
        <pattern key={role} id={`${id}-${role}`} width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" className={`role-fill role-${role}`} />
          <path d={MARKS[role]} className={role === "optimizer" ? "role-dots" : "role-mark"} />
        </pattern>
      ))}
    </defs>
  );
}

/** The fill of a role in an <svg> that holds the patterns. */
export function fillOf(id: string, role: Role): string {
  return `url(#${id}-${role})`;
}
