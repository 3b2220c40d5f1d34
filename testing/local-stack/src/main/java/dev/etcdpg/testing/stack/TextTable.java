package dev.etcdpg.testing.stack;

import java.util.ArrayList;
import java.util.List;

/** Rows as text in aligned columns, in the manner of psql. */
public final class TextTable {
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(List<String> columns) {
        this.columns = List.copyOf(columns);
    }

    /** Adds a row. A null cell is SQL's null and is printed as empty text. */
    public TextTable row(List<String> cells) {
        rows.add(cells.stream().map(TextTable::printable).toList());
        return this;
    }

    public int size() {
        return rows.size();
    }

    @Override
    public String toString() {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        line(text, columns, widths);
        for (int i = 0; i < widths.length; i++) {
            text.append(i == 0 ? "-" : "-+-").append("-".repeat(widths[i]));
        }
        text.append("-\n");
        rows.forEach(row -> line(text, row, widths));
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(i == 0 ? " " : " | ")
                    .append(cells.get(i))
                    .append(" ".repeat(widths[i] - cells.get(i).length()));
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static String printable(String cell) {
        return cell == null
                ? ""
                : cell.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r");
    }
}
