import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.node.OpenSearchRunnerNode;
import org.opensearch.common.settings.Settings;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.plugins.Plugin;

/**
 * A real OpenSearch node in a process of its own, for tests. It has the modules that Dossier needs, and no security.
 *
 * <p>Arguments: NAME FOLDER HTTP_PORT TRANSPORT_PORT SEEDS [SETTING=VALUE ...]. SEEDS is "-" for a node alone, else
 * NAME=HOST:PORT for each node of the cluster when it is first formed, with commas between. Prints "ready NAME".
 */
public final class OpenSearchNode {
    private static final List<String> MODULES = List.of(
            "org.opensearch.transport.Netty4",
            "org.opensearch.analysis.common.CommonAnalysis",
            "org.opensearch.painless.Painless",
            "org.opensearch.index.mapper.MapperExtras",
            "org.opensearch.index.reindex.Reindex",
            "org.opensearch.join.ParentJoin",
            "org.opensearch.ingest.common.IngestCommon");

    private OpenSearchNode() {}

    public static void main(String[] arguments) throws Exception {
        String name = arguments[0];
        Path home = Path.of(arguments[1]).toAbsolutePath();
        Files.createDirectories(home.resolve("config"));
        Files.createDirectories(home.resolve("snapshots"));
        Settings.Builder settings = Settings.builder()
                .put("cluster.name", "dossier-tests")
                .put("node.name", name)
                .put("path.home", home.toString())
                .put("path.repo", home.resolve("snapshots").toString())
                .put("network.host", "127.0.0.1")
                .put("http.port", arguments[2])
                .put("transport.port", arguments[3])
                .put("cluster.routing.allocation.disk.threshold_enabled", false);
        addSeeds(settings, arguments[4]);
        for (int i = 5; i < arguments.length; i++) {
            String[] setting = arguments[i].split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        run(name, InternalSettingsPreparer.prepareEnvironment(
                settings.build(), Map.of(), home.resolve("config"), () -> name));
    }

    private static void run(String name, org.opensearch.env.Environment environment) throws Exception {
        List<Class<? extends Plugin>> modules = new ArrayList<>();
        for (String module : MODULES) {
            modules.add(load(module));
        }
        var node = new OpenSearchRunnerNode(environment, modules);
        node.start();
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (IOException reason) {
                reason.printStackTrace();
            }
            stopped.countDown();
        }));
        System.out.println("ready " + name);
        stopped.await();
    }

    private static void addSeeds(Settings.Builder settings, String seeds) {
        if (seeds.equals("-")) {
            settings.put("discovery.type", "single-node");
            return;
        }
        List<String> names = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (String seed : seeds.split(",")) {
            String[] parts = seed.split("=", 2);
            names.add(parts[0]);
            addresses.add(parts[1]);
        }
        settings.putList("cluster.initial_cluster_manager_nodes", names);
        settings.putList("discovery.seed_hosts", addresses);
    }

    /** Version 2 calls the class of a module ...Plugin, version 3 ...ModulePlugin. */
    private static Class<? extends Plugin> load(String module) throws ClassNotFoundException {
        try {
            return Class.forName(module + "Plugin").asSubclass(Plugin.class);
        } catch (ClassNotFoundException olderName) {
            return Class.forName(module + "ModulePlugin").asSubclass(Plugin.class);
        }
    }
}
