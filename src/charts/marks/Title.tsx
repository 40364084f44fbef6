/** Above a drawing. */
export function Title({ text }: { readonly text: string }) {
  return (
    <text x={0} y={12} fontSize="12" fontWeight="600" fill="var(--ink)">
      {text}
    </text>
  );
}
