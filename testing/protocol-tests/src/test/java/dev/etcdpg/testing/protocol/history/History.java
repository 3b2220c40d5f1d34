package dev.etcdpg.testing.protocol.history;

import dev.etcdpg.testing.protocol.run.Scene;
import dev.etcdpg.testing.protocol.world.Action;
import dev.etcdpg.testing.protocol.world.World;
import java.util.List;

/** A scene and the actions in it. */
public record History(Scene scene, List<Action> actions) {

    /**
     * Runs the history in memory. The same history always ends in the same way.
     *
     * @throws AssertionError if the history violates a verdict; the message has the story
     */
    public void mustEndWell() {
        try (World world = World.inMemory(scene.flags())) {
            mustEndWell(world);
        }
    }

    /** Runs the history with the given PostgreSQL. */
    public void mustEndWell(World.PostgresMaker postgres) {
        try (World world = new World(scene.flags(), postgres)) {
            mustEndWell(world);
        }
    }

    /**
     * Runs actions, drains the world, and judges it.
     *
     * @return violations, empty if the history ends well
     */
    public static List<String> run(World world, List<Action> actions) {
        try {
            actions.forEach(world::act);
            world.drain();
            Verdicts.judge(world);
        } catch (AssertionError | RuntimeException e) {
            world.run.wrong.add("thrown: " + e);
            if (Boolean.getBoolean("history.trace")) {
                e.printStackTrace();
            }
        }
        return world.run.wrong;
    }

    private void mustEndWell(World world) {
        List<String> wrong = run(world, actions);
        if (!wrong.isEmpty()) {
            throw new AssertionError(
                    scene + " " + scene.flags() + "\n" + String.join("\n", wrong) + "\nThe story:\n" + world.run.story);
        }
    }
}
