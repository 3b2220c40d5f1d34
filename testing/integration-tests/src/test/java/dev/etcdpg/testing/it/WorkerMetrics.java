package dev.etcdpg.testing.it;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.rmi.UnmarshalException;
import java.util.ArrayList;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Reads the JMX beans of a process on this machine. */
final class WorkerMetrics {

    private WorkerMetrics() {}

    /** Returns a line for each readable attribute of the beans of Kafka and of this project: the bean, the attribute and its value. */
    static List<String> lines(long pid) {
        try {
            VirtualMachine process = VirtualMachine.attach(Long.toString(pid));
            try (JMXConnector connector =
                    JMXConnectorFactory.connect(new JMXServiceURL(process.startLocalManagementAgent()))) {
                return lines(connector.getMBeanServerConnection());
            } finally {
                process.detach();
            }
        } catch (IOException | AttachNotSupportedException | JMException e) {
            throw new IllegalStateException("cannot read the metrics of process " + pid, e);
        }
    }

    private static List<String> lines(MBeanServerConnection beans) throws IOException, JMException {
        List<String> lines = new ArrayList<>();
        for (ObjectName bean : beans.queryNames(null, null)) {
            if (!bean.getDomain().matches("kafka\\..*|dev\\.etcdpg.*|etcd.*")) {
                continue;
            }
            for (MBeanAttributeInfo attribute : beans.getMBeanInfo(bean).getAttributes()) {
                lines.add(bean + " " + attribute.getName() + " " + value(beans, bean, attribute.getName()));
            }
        }
        return lines;
    }

    private static Object value(MBeanServerConnection beans, ObjectName bean, String attribute)
            throws IOException, JMException {
        try {
            return beans.getAttribute(bean, attribute);
        } catch (RuntimeMBeanException | UnmarshalException unreadable) {
            // the value is of a class that only the worker has
            return unreadable.getMessage();
        }
    }
}
