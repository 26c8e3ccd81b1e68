using System.Reflection;
using System.Runtime.InteropServices;

namespace SslAgent.Ingest.Native;

/// <summary>
/// Finds the native libraries of this room: first where .NET looks by itself (a package's own copy beside the program), then
/// under the soname that the operating system installs. Every class with imports calls <see cref="Register"/> in its static
/// constructor; so does whoever touches Confluent.Kafka first, because the same search serves its imports.
/// </summary>
internal static class NativeLibraries
{
    internal const string Kafka = "librdkafka", Vips = "vips", GLib = "glib-2.0", GObject = "gobject-2.0";

    private static readonly Lock Gate = new();
    private static bool _registered;

    public static void Register()
    {
        lock (Gate)
        {
            if (_registered) return;
            NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
            NativeLibrary.SetDllImportResolver(typeof(Confluent.Kafka.Library).Assembly, Resolve);
            _registered = true;
        }
    }

    /// <summary>Why a library cannot be used, or null. For checks at start.</summary>
    public static string? Missing(string name)
    {
        Register();
        return Resolve(name, typeof(NativeLibraries).Assembly, null) != 0 ? null : $"{Sonames(name)[0]} was not found: install {Package(name)}";
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        foreach (string packaged in Packaged(name))
        {
            if (NativeLibrary.TryLoad(packaged, assembly, search, out nint packagedHandle)) return packagedHandle;
        }

        foreach (string soname in Sonames(name))
        {
            if (NativeLibrary.TryLoad(soname, out nint handle)) return handle;
        }

        return 0;
    }

    /// <summary>
    /// The names of a package's own builds. Confluent.Kafka's first one needs the libsasl2.so.3 of Red Hat's family (for Kerberos) and loads nowhere else; the second
    /// is the same without Kerberos, the third is Alpine's. The operating system's comes after all of them: it may lack functions that the package's managed half calls.
    /// </summary>
    private static string[] Packaged(string name) => name == Kafka ? [Kafka, "centos8-librdkafka", "alpine-librdkafka"] : [name];

    private static string[] Sonames(string name) => name switch
    {
        Kafka => ["librdkafka.so.1", "librdkafka.1.dylib"],
        Vips => ["libvips.so.42", "libvips.42.dylib", "libvips-42.dll"],
        GLib => ["libglib-2.0.so.0", "libglib-2.0.0.dylib", "libglib-2.0-0.dll"],
        GObject => ["libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libgobject-2.0-0.dll"],
        _ => [],
    };

    private static string Package(string name) => name switch
    {
        Kafka => "the package librdkafka1 (Debian and Ubuntu: apt-get install librdkafka1)",
        _ => "the package libvips42 (Debian and Ubuntu: apt-get install libvips42)",
    };
}

/// <summary>A native library that this machine lacks, or that is too old, with the package to install.</summary>
public sealed class NativeLibraryException(string message) : Exception(message);
