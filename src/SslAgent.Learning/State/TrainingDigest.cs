using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SslAgent.Domain;
using SslAgent.Learning.Parameters;

namespace SslAgent.Learning.State;

/// <summary>
/// sha256 over everything that the next step depends on: masters, moments, average, objective state, section counters, surprise by source. Equal digests
/// mean bit-identical training.
/// </summary>
internal static class TrainingDigest
{
    public static string Of(Shadow shadow, ParameterLayout layout, IReadOnlyList<SectionCounter> counters, IReadOnlyList<SourceSurprise> surprises)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] flat in new[] { shadow.Masters, shadow.FirstMoments, shadow.SecondMoments, shadow.Average, shadow.ObjectiveState })
        {
            Append(hash, flat.LongLength);
            hash.AppendData(flat);
        }

        for (var index = 0; index < counters.Count; index++)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(layout.Sections[index].Name));
            Append(hash, counters[index].Steps);
            Append(hash, counters[index].WarmFrom);
        }

        foreach (SourceSurprise surprise in surprises)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(surprise.Source));
            Append(hash, BitConverter.DoubleToInt64Bits(surprise.Error));
            Append(hash, surprise.Windows);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
