package dev.etcdpg.testing.model;

import java.util.List;

/** A world and what happens in it. */
public record History(Scene scene, List<Action> actions) {

    /** In memory: the same history always ends in the same way. @throws AssertionError with the story, if it ends badly */
    public void mustEndWell() {
        try (World world = World.inMemory(scene.flags())) {
            mustEndWell(world);
        }
    }

    /** With a PostgreSQL of one's own. */
    public void mustEndWell(World.PostgresMaker postgres) {
        try (World world = new World(scene.flags(), postgres)) {
            mustEndWell(world);
        }
    }

    private void mustEndWell(World world) {
        List<String> wrong = world.run(actions);
        if (!wrong.isEmpty()) {
            throw new AssertionError(
                    scene + " " + scene.flags() + "\n" + String.join("\n", wrong) + "\nHow it came:\n" + world.story);
        }
    }
}
