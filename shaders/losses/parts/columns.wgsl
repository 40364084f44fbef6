// Which columns of a tile a row sees: all of the first `shared_columns`, and of the others those that it
// owns.
fn columns_of(quad: u32) -> vec4u { return p.first_column + 4u * quad + vec4u(0u, 1u, 2u, 3u); }

fn owner_of(column: u32) -> u32 { return owner[max(column, p.shared_columns) - p.shared_columns]; }

fn hidden_from(row: u32, column: vec4u) -> vec4<bool> {
  let beyond = column >= vec4u(p.first_column + p.columns);
  if (column.w < p.shared_columns) { return beyond; }
  let who = vec4u(owner_of(column.x), owner_of(column.y), owner_of(column.z), owner_of(column.w));
  return beyond | ((column >= vec4u(p.shared_columns)) & (who != vec4u(row)));
}
