using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace SslAgent.Faults.Victim;

/// <summary>
/// Keeps journal segments as they were appended, by a second name outside of the state directory, before the agent deletes or rewrites them: retired
/// history is what a test needs to fold the journal from its beginning.
/// </summary>
internal sealed partial class JournalArchive(string directory)
{
    // docs/formats/journal.md: 48 bytes of header, the generation at byte 32.
    private const int HeaderBytes = 48, GenerationAt = 32;

    public void Keep(string path)
    {
        if (!Segment().IsMatch(Path.GetFileName(path)) || !File.Exists(path) || !IsAsAppended(path)) return;
        Directory.CreateDirectory(directory);
        string kept = Path.Combine(directory, Path.GetFileName(path));
        if (!File.Exists(kept) && link(path, kept) != 0)
            throw new IOException($"{path} could not be kept: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Not a rewritten segment, and not one that was begun and never written.</summary>
    private static bool IsAsAppended(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[HeaderBytes];
        return file.Length > HeaderBytes && file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes &&
            BinaryPrimitives.ReadUInt32LittleEndian(header[GenerationAt..]) == 0;
    }

    [GeneratedRegex(@"^samples-\d+\.seg$", RegexOptions.CultureInvariant)]
    private static partial Regex Segment();

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string added);
}
