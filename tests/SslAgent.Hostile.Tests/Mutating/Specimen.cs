using System.Text;
using SslAgent.Domain;

namespace SslAgent.Hostile.Tests.Mutating;

/// <summary>What a value is written in, which decides the mutations that know its structure.</summary>
internal enum ValueKind
{
    Contract = 0,
    Jpeg = 1,
    Png = 2,
    WebP = 3,
    Gif = 4,
    Json = 5,
    Text = 6,
}

/// <summary>A valid message before anything is done to it.</summary>
internal sealed record Specimen(string Name, ValueKind Kind, byte[] Value, params MessageHeader[] Headers)
{
    public static MessageHeader Header(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));
}
