package dev.etcdpg.sandbox;

import dev.etcdpg.testing.stack.SqlPrinter;
import dev.etcdpg.testing.stack.Stack;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "sql", description = "Runs SQL in the sandbox's database and prints the rows.")
final class SqlCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SQL", description = "One statement or several, in one argument.")
    private String sql;

    @Override
    public Integer call() {
        try (Connection connection = Stack.running().postgres().connect(Stack.DATABASE)) {
            System.out.print(SqlPrinter.run(connection, sql));
            return 0;
        } catch (SQLException e) {
            System.err.println(sentence(e));
            return 1;
        }
    }

    /** Returns the server's message without its context, which names internal functions. */
    private static String sentence(SQLException e) {
        if (!(e instanceof PSQLException refusal) || refusal.getServerErrorMessage() == null) {
            return e.getMessage();
        }
        ServerErrorMessage said = refusal.getServerErrorMessage();
        return said.getSeverity() + ": " + said.getMessage()
                + (said.getDetail() == null ? "" : "\nDETAIL: " + said.getDetail())
                + (said.getHint() == null ? "" : "\nHINT: " + said.getHint());
    }
}
