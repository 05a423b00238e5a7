using Broker.Generators.Model;
using Broker.Generators.Parsing;
using Xunit;

namespace Broker.Generators.Tests.Parsing;

public sealed class SchemaParserTests
{
    private const string Head = "api Hello 90\nversions 0-5\nflexible 3+\n";
    private const string End = "response\n    A int8\n";

    [Theory]
    [InlineData("Name", 4, "a name and a type")]
    [InlineData("name string", 4, "capital letter")]
    [InlineData("Name [string", 4, "not a type")]
    [InlineData("Name string?x", 4, "not a type")]
    [InlineData("Name string 3+ often", 4, "none of versions")]
    [InlineData("Name string tag x", 4, "none of versions")]
    [InlineData("Name string =", 4, "none of versions")]
    [InlineData("Name int8\n      Other int8", 5, "indentation")]
    public void A_line_that_makes_no_sense_is_named(string field, int line, string message) =>
        AssertProblem(SchemaParser.BadLine, $"{Head}request\n    {field}\n{End}", line, message);

    [Theory]
    [InlineData("Name int8\n    Name int8", 5, "twice")]
    [InlineData("Name int8 6+", 4, "outside")]
    [InlineData("Name int8 tag 0", 4, "no tagged fields")]
    [InlineData("A int8 3+ tag 0\n    B int8 3+ tag 0", 5, "tag 0 is there twice")]
    [InlineData("Name int8?", 4, "can't be nullable")]
    [InlineData("Name Part?", 4, "neither a known type")]
    [InlineData("Name Part\n        A int8", 4, "nullable, tagged or an array")]
    [InlineData("Name [records]", 4, "array of records")]
    [InlineData("Name int8 = 128", 4, "can't be the default")]
    [InlineData("Name bool = 1", 4, "can't be the default")]
    [InlineData("Name string = null", 4, "can't be the default")]
    [InlineData("A [Part]\n        X int8\n    B [Part]\n        X int8", 6, "defined twice")]
    public void A_contradiction_is_named(string field, int line, string message) =>
        AssertProblem(SchemaParser.Contradiction, $"{Head}request\n    {field}\n{End}", line, message);

    [Theory]
    [InlineData("", 0, "api NAME KEY")]
    [InlineData("api hello 90\n", 0, "api NAME KEY")]
    [InlineData("api Hello x\n", 0, "api NAME KEY")]
    [InlineData("api Hello 90\nversions 3+\n", 1, "versions A-B")]
    [InlineData("api Hello 90\nversions 3-1\n", 1, "versions A-B")]
    [InlineData("api Hello 90\nversions 0-3\nserved 4-9\nflexible 2+", 2, "served A-B")]
    [InlineData("api Hello 90\nversions 0-3\nflexible 2\nrequest", 2, "flexible N+")]
    [InlineData("api Hello 90\nversions 0-3\nflexible 2+\nresponse\n", 3, "expected 'request'")]
    [InlineData(Head + "request\n    A int8\n", 4, "expected 'response'")]
    [InlineData(Head + "request\n    A int8\n" + End + "more\n", 7, "nothing may follow")]
    [InlineData("record hello\n", 0, "record NAME")]
    [InlineData("record Hello\nversions 0-1\nflexible none\nrequest\n", 3, "expected 'fields'")]
    [InlineData("record Hello\nversions 0-1\nflexible none\nfields\n    A int8\nmore\n", 5, "nothing may follow")]
    public void A_broken_head_is_named(string text, int line, string message) =>
        AssertProblem(SchemaParser.BadLine, text, line, message);

    [Fact]
    public void A_record_is_one_message_without_an_api()
    {
        ParsedSchema parsed = SchemaParser.Parse("a.kafka", """
            # What it says
            record Hello
            versions 0-2
            flexible none
            fields
                Name    string
                Parts   [Part]
                    Count   int32   1+
            """);

        Assert.Null(parsed.Schema);
        Assert.Equal("What it says", parsed.Record!.Comment);
        Assert.Equal(new VersionRange(0, 2), parsed.Record.Limits.Versions);
        Assert.Equal("Hello", parsed.Record.Message.Root.Name);
        Assert.Equal(["Part"], parsed.Record.Message.Parts.Select(part => part.Name));
    }

    [Fact]
    public void All_that_a_field_can_say_is_read()
    {
        ParsedSchema parsed = SchemaParser.Parse("a.kafka", $"""
            # What it does
            api Hello 90
            versions 0-5
            served 2-5
            flexible 3+
            request
                Parts  [Part]?4+  1-4  ignorable   # why
                    A    int16  = -3
                    B    string?  3+  tag 1  = null
            {End}
            """);
        Assert.Empty(parsed.Problems);
        ApiSchema api = parsed.Schema!;
        Assert.Equal(("Hello", 90, "What it does"), (api.Name, api.Key, api.Comment));
        Assert.Equal(new ApiLimits(new VersionRange(0, 5), new VersionRange(2, 5), 3), api.Limits);
        FieldSchema parts = api.Request.Root.Fields.Single();
        var type = new FieldType(FieldKind.Struct, "Part", true, new VersionRange(4, 4));
        Assert.Equal(new FieldSchema("Parts", type, new VersionRange(1, 4), null, null, true, "why"), parts);
        StructSchema part = api.Request.Parts.Single();
        Assert.Equal(2, part.MinimumSize);
        Assert.Equal(new VersionRange(3, 4), part.Fields[1].Versions);
        Assert.Equal((1, "null"), (part.Fields[1].Tag, part.Fields[1].Default));
    }

    [Fact]
    public void Parsing_twice_gives_equal_models()
    {
        string text = $"{Head}request\n    A [Part]\n        B string?\n{End}";
        Assert.Equal(SchemaParser.Parse("a.kafka", text), SchemaParser.Parse("a.kafka", text));
        Assert.NotEqual(
            SchemaParser.Parse("a.kafka", text),
            SchemaParser.Parse("a.kafka", text.Replace("string?", "string", StringComparison.Ordinal)));
    }

    private static void AssertProblem(string id, string text, int line, string message)
    {
        ParsedSchema parsed = SchemaParser.Parse("a.kafka", text);
        Assert.Null(parsed.Schema);
        SchemaProblem problem = parsed.Problems[0];
        Assert.Equal((id, line), (problem.Id, problem.Line));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }
}
