//! Who goes where when several wait: the assignment of rows to columns with the least total cost.
//!
//! Shortest augmenting paths with potentials (Jonker and Volgenant, Computing 38, 1987), rectangular.
//! Exact. Pure.

/// A table of costs, row by row; every row has the same number of columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Costs {
    columns: usize,
    cells: Vec<f64>,
}

impl Costs {
    /// A table of `rows` × `columns`, all `cost`.
    #[must_use]
    pub fn filled(rows: usize, columns: usize, cost: f64) -> Self {
        Self { columns, cells: vec![cost; rows * columns] }
    }

    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    /// How many columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// The cost of one cell.
    #[must_use]
    pub fn get(&self, row: usize, column: usize) -> f64 {
        self.cells[row * self.columns + column]
    }

    /// Sets the cost of one cell; it must be finite.
    pub fn set(&mut self, row: usize, column: usize, cost: f64) {
        debug_assert!(cost.is_finite());
        self.cells[row * self.columns + column] = cost;
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.cells[row * self.columns..(row + 1) * self.columns]
    }
}

const FREE: usize = usize::MAX;

/// The column of each row in the assignment of least total cost. Every row gets a column of its own,
/// so there must be at least as many columns as rows; `None` when there are not.
#[must_use]
pub fn least_cost(costs: &Costs) -> Option<Vec<usize>> {
    let (rows, columns) = (costs.rows(), costs.columns);
    if rows > columns {
        return None;
    }
    let mut solver = Solver {
        costs,
        row_of: vec![FREE; columns],
        column_of: vec![FREE; rows],
        row_price: vec![0.0; rows],
        column_price: vec![0.0; columns],
    };
    solver.take_what_nobody_else_wants();
    let mut search = Search::of(columns);
    for row in 0..rows {
        if solver.column_of[row] == FREE {
            solver.augment(row, &mut search);
        }
    }
    Some(solver.column_of)
}

struct Solver<'a> {
    costs: &'a Costs,
    row_of: Vec<usize>,
    column_of: Vec<usize>,
    row_price: Vec<f64>,
    column_price: Vec<f64>,
}

/// What one search of a path needs, kept between searches.
struct Search {
    distance: Vec<f64>,
    before: Vec<usize>,
    settled: Vec<usize>,
    open: Vec<usize>,
}

impl Search {
    fn of(columns: usize) -> Self {
        Self {
            distance: vec![0.0; columns],
            before: vec![FREE; columns],
            settled: Vec::with_capacity(columns),
            open: Vec::with_capacity(columns),
        }
    }
}

impl Solver<'_> {
    /// A row whose cheapest column is still free takes it: most rows are done with this.
    fn take_what_nobody_else_wants(&mut self) {
        for row in 0..self.column_of.len() {
            let cells = self.costs.row(row).iter().enumerate();
            let Some((column, cost)) = cells.min_by(|a, b| a.1.total_cmp(b.1)) else { continue };
            self.row_price[row] = *cost;
            if self.row_of[column] == FREE {
                self.row_of[column] = row;
                self.column_of[row] = column;
            }
        }
    }

    /// The shortest path from a free row to a free column, by reduced costs (Dijkstra), and the rows on it
    /// move on by one.
    fn augment(&mut self, start: usize, search: &mut Search) {
        let Search { distance, before, settled, open } = search;
        settled.clear();
        open.clear();
        open.extend(0..self.row_of.len());
        let price = self.row_price[start];
        for (column, cost) in self.costs.row(start).iter().enumerate() {
            distance[column] = cost - price - self.column_price[column];
            before[column] = start;
        }
        let (mut end, length) = loop {
            let nearest = open.iter().enumerate().min_by(|a, b| distance[*a.1].total_cmp(&distance[*b.1]));
            let Some((place, &column)) = nearest else { return };
            let so_far = distance[column];
            if self.row_of[column] == FREE {
                break (column, so_far);
            }
            open.swap_remove(place);
            settled.push(column);
            let row = self.row_of[column];
            let base = so_far - self.row_price[row];
            let cells = self.costs.row(row);
            for &other in open.iter() {
                let through = base + cells[other] - self.column_price[other];
                if through < distance[other] {
                    distance[other] = through;
                    before[other] = row;
                }
            }
        };
        self.row_price[start] += length;
        for &column in settled.iter() {
            let gain = length - distance[column];
            self.column_price[column] -= gain;
            self.row_price[self.row_of[column]] += gain;
        }
        loop {
            let row = before[end];
            self.row_of[end] = row;
            std::mem::swap(&mut self.column_of[row], &mut end);
            if row == start {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(rows: &[Vec<f64>]) -> Costs {
        let mut costs = Costs::filled(rows.len(), rows.first().map_or(0, Vec::len), 0.0);
        for (r, row) in rows.iter().enumerate() {
            for (c, cost) in row.iter().enumerate() {
                costs.set(r, c, *cost);
            }
        }
        costs
    }

    fn total(costs: &Costs, chosen: &[usize]) -> f64 {
        chosen.iter().enumerate().map(|(row, column)| costs.get(row, *column)).sum()
    }

    /// Tries every assignment.
    fn brute_force(costs: &Costs, row: usize, used: &mut Vec<bool>) -> f64 {
        if row == costs.rows() {
            return 0.0;
        }
        let mut best = f64::INFINITY;
        for column in 0..costs.columns() {
            if !used[column] {
                used[column] = true;
                best = best.min(costs.get(row, column) + brute_force(costs, row + 1, used));
                used[column] = false;
            }
        }
        best
    }

    #[test]
    fn the_second_gets_the_near_unit_when_the_first_has_another_almost_as_near() {
        let costs = table(&[vec![60.0, 70.0], vec![65.0, 600.0]]);
        assert_eq!(least_cost(&costs).unwrap(), [1, 0]);
    }

    #[test]
    fn nothing_to_assign_and_too_few_columns() {
        assert_eq!(least_cost(&Costs::filled(0, 0, 0.0)), Some(Vec::new()));
        assert_eq!(least_cost(&table(&[vec![1.0], vec![2.0]])), None);
    }

    proptest! {
        #[test]
        fn no_other_assignment_costs_less(
            rows in 1_usize..=6, more in 0_usize..=2, cells in proptest::collection::vec(0_u16..40, 48)
        ) {
            let columns = rows + more;
            let mut costs = Costs::filled(rows, columns, 0.0);
            for row in 0..rows {
                for column in 0..columns {
                    costs.set(row, column, f64::from(cells[row * columns + column]));
                }
            }
            let chosen = least_cost(&costs).unwrap();
            let mut columns_used = chosen.clone();
            columns_used.sort_unstable();
            columns_used.dedup();
            prop_assert_eq!(columns_used.len(), rows, "a column is used twice");
            let best = brute_force(&costs, 0, &mut vec![false; columns]);
            prop_assert!((total(&costs, &chosen) - best).abs() < 1e-9);
        }

        /// The prices prove it for tables too large to try out: no cell is cheaper than its prices.
        #[test]
        fn large_tables_are_proved_by_their_prices(seed in any::<u64>(), rows in 20_usize..60) {
            let mut rng = fastrand::Rng::with_seed(seed);
            let columns = rows + rng.usize(0..20);
            let mut costs = Costs::filled(rows, columns, 0.0);
            for row in 0..rows {
                for column in 0..columns {
                    costs.set(row, column, rng.f64() * 1000.0);
                }
            }
            let chosen = least_cost(&costs).unwrap();
            // No cycle of exchanges lowers the cost: Floyd–Warshall over "row takes column of row".
            let mut gain = vec![vec![f64::INFINITY; rows + 1]; rows + 1];
            let held: std::collections::HashSet<usize> = chosen.iter().copied().collect();
            for row in 0..rows {
                for other in 0..rows {
                    gain[row][other] = costs.get(row, chosen[other]) - costs.get(row, chosen[row]);
                }
                let free = (0..columns).filter(|column| !held.contains(column));
                gain[row][rows] = free.map(|column| costs.get(row, column)).fold(f64::INFINITY, f64::min)
                    - costs.get(row, chosen[row]);
                gain[rows][row] = 0.0;
            }
            gain[rows][rows] = 0.0;
            for via in 0..=rows {
                for from in 0..=rows {
                    for to in 0..=rows {
                        let through = gain[from][via] + gain[via][to];
                        if through < gain[from][to] {
                            gain[from][to] = through;
                        }
                    }
                }
            }
            prop_assert!((0..=rows).all(|row| gain[row][row] > -1e-6), "an exchange would cost less");
        }
    }
}
