using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Broker.Interop.Tests.Clients;

/// <summary>
/// Makes Confluent.Kafka use the librdkafka of its own package: the build for Debian wants a libsasl2 that Debian does
/// not have, and the loader would then take the system's librdkafka, which is years older. The one built without SASL
/// by Kerberos needs nothing.
/// </summary>
internal static class BundledLibrdkafka
{
    [ModuleInitializer]
    internal static void Use() =>
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, assembly, path) =>
            name == "librdkafka" && File.Exists(Bundled) ? NativeLibrary.Load(Bundled) : 0);

    private static string Bundled => Path.Combine(
        AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "centos8-librdkafka.so");
}
