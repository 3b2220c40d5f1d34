package dev.etcdpg.tool;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help;

/** Shows on a terminal how many keys were compared; nothing elsewhere. */
final class KeyProgress implements AutoCloseable {

    private final @Nullable ProgressBar bar;

    private KeyProgress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static KeyProgress of(String task, boolean isQuiet) {
        return new KeyProgress(
                isQuiet || !Help.Ansi.AUTO.enabled()
                        ? null
                        : new ProgressBarBuilder()
                                .setTaskName(task)
                                .setUnit(" keys", 1)
                                .setStyle(ProgressBarStyle.ASCII)
                                .setUpdateIntervalMillis(200)
                                .showSpeed()
                                .clearDisplayOnFinish()
                                .build());
    }

    void stepTo(long keys) {
        if (bar != null) {
            bar.stepTo(keys);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
