package dev.etcdpg.testing.servers;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.rmi.UnmarshalException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Reads the JMX beans of a Java server on this machine. The server needs no setting. */
public final class JmxBeans implements AutoCloseable {

    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    private JmxBeans(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
    }

    /** Connects to a running server. */
    @SuppressWarnings("BanJNDI") // the server runs this repository's code, on this machine
    public static JmxBeans of(LocalServer server) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(server.pid()));
            try {
                return new JmxBeans(
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException | IOException e) {
            throw new ServerException("cannot read the JMX beans of " + server.name(), e);
        }
    }

    /**
     * Returns the attributes of all beans whose names match the pattern.
     *
     * @param pattern for example {@code kafka.connect:type=plugins,*}
     */
    public Map<String, Map<String, Object>> read(String pattern) {
        try {
            Map<String, Map<String, Object>> all = new TreeMap<>();
            for (ObjectName name : beans.queryNames(new ObjectName(pattern), null)) {
                all.put(name.toString(), attributes(name));
            }
            return all;
        } catch (JMException | IOException e) {
            throw new ServerException("cannot read the beans " + pattern, e);
        }
    }

    private Map<String, Object> attributes(ObjectName name) throws JMException, IOException {
        String[] names = Stream.of(beans.getMBeanInfo(name).getAttributes())
                .map(MBeanAttributeInfo::getName)
                .toArray(String[]::new);
        Map<String, Object> values = new TreeMap<>();
        try {
            for (Object attribute : beans.getAttributes(name, names)) {
                values.put(((Attribute) attribute).getName(), ((Attribute) attribute).getValue());
            }
        } catch (UnmarshalException e) {
            // a value is of a class that only the server has
            for (String attribute : names) {
                values.put(attribute, value(name, attribute));
            }
        }
        return values;
    }

    private Object value(ObjectName name, String attribute) throws JMException, IOException {
        try {
            return beans.getAttribute(name, attribute);
        } catch (UnmarshalException | RuntimeMBeanException unreadable) {
            return String.valueOf(unreadable.getMessage());
        }
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // the server has ended
        }
    }
}
