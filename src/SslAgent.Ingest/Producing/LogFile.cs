using System.Runtime.CompilerServices;
using System.Text;
using SslAgent.Domain;

namespace SslAgent.Ingest.Producing;

/// <summary>
/// The lines of a log file as bare text, one message a line, empty ones left out; with <see cref="Follow"/> also those that are still to be
/// written, through truncation and replacement by a new file. A line over 64 KiB is cut there.
/// </summary>
public sealed class LogFile(string path, string topic, string? source, TimeProvider time) : IMessageSource
{
    private const int LineBytesMax = 65_536;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    private readonly byte[] _source = Encoding.UTF8.GetBytes(source ?? Path.GetFileName(path));

    /// <summary>Goes on waiting for lines at the end of the file, until cancelled.</summary>
    public bool Follow { get; init; }

    public async IAsyncEnumerable<OutgoingMessage> Messages([EnumeratorCancellation] CancellationToken cancellation)
    {
        bool isReplacement = false;
        do
        {
            await using FileStream? file = TryOpen(isReplacement);
            if (file is null)
            {
                await Task.Delay(LookAgain, time, cancellation);
                continue;
            }

            isReplacement = true;
            var lines = new LineBuffer(LineBytesMax);
            byte[] block = new byte[LineBytesMax];
            for (bool isReplaced = false; ;)
            {
                int read = await file.ReadAsync(block, cancellation);
                foreach (byte[] line in lines.Add(block.AsSpan(0, read))) yield return MessageOf(line);
                if (read > 0) continue;
                if (!Follow || isReplaced) break;
                // What was written between the last look and the rotation is read first.
                isReplaced = WasReplaced(file);
                if (!isReplaced) await Task.Delay(LookAgain, time, cancellation);
            }

            if (lines.Rest() is { } last) yield return MessageOf(last);
        }
        while (Follow);
    }

    private OutgoingMessage MessageOf(byte[] line) =>
        new(topic, _source, line, [new MessageHeader("content-type", "text/plain"u8.ToArray()), new MessageHeader("source", _source)]);

    /// <summary>Cut, or a new file is under the old name.</summary>
    private bool WasReplaced(FileStream file)
    {
        try
        {
            using FileStream now = Open();
            return now.Length < file.Position || IdentityOf(now) != IdentityOf(file);
        }
        catch (Exception fault) when (IsBetween(fault))
        {
            return false;
        }
    }

    /// <summary>Null where the file that takes the place of the one before is not there yet.</summary>
    private FileStream? TryOpen(bool isReplacement)
    {
        try
        {
            return Open();
        }
        catch (Exception fault) when (isReplacement && IsBetween(fault))
        {
            return null;
        }
    }

    /// <summary>In the middle of a rotation: the old file is gone and the new one not yet there, or not yet given to its readers.</summary>
    private static bool IsBetween(Exception fault) => fault is IOException or UnauthorizedAccessException;

    private FileStream Open() => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, LineBytesMax);

    /// <summary>Which file an open one is, whatever it is called by now: mount and inode (proc(5), fdinfo). Empty where the system does not tell.</summary>
    private static string IdentityOf(FileStream file)
    {
        string facts = $"/proc/self/fdinfo/{file.SafeFileHandle.DangerousGetHandle()}";
        return File.Exists(facts)
            ? string.Join(' ', File.ReadLines(facts).Where(line => line.StartsWith("mnt_id:", StringComparison.Ordinal) || line.StartsWith("ino:", StringComparison.Ordinal)))
            : "";
    }
}
