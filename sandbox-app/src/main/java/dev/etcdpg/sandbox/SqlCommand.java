package dev.etcdpg.sandbox;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "sql", description = "Runs SQL in the sandbox's database and prints the rows.")
final class SqlCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SQL", description = "One statement or several, as one argument.")
    private String sql;

    @Override
    public Integer call() {
        try (Connection connection = Stack.running().postgres().connect(Stack.DATABASE)) {
            System.out.print(Sql.run(connection, sql));
            return 0;
        } catch (SQLException e) {
            System.err.println(e.getMessage());
            return 1;
        }
    }
}
