"""What a trainer reads from a recipe."""

import json
import unittest
from pathlib import Path

from karma.errors import JobError
from karma.recipe import evaluation_steps, recipe_of

SPEC = json.loads((Path(__file__).parent / "recipe.json").read_text(encoding="utf-8"))["spec"]


def steps_of(steps: int, evaluations: int, spacing: str | None) -> list[int]:
    evaluation = {key: value for key, value in SPEC["evaluation"].items() if key != "spacing"}
    evaluation |= {"evaluations": evaluations} | ({} if spacing is None else {"spacing": spacing})
    recipe = recipe_of(SPEC | {"training": SPEC["training"] | {"steps": steps}, "evaluation": evaluation})
    return sorted(evaluation_steps(recipe))


class EvaluationStepsTest(unittest.TestCase):
    def test_they_are_the_engines(self) -> None:
        # The tables of src/experiment/evaluate/evaluationSteps.test.ts; recipes of earlier versions name no spacing.
        for spacing in ("even", None):
            self.assertEqual(steps_of(100, 4, spacing), [25, 50, 75, 100])
            self.assertEqual(steps_of(7, 3, spacing), [2, 5, 7])
            self.assertEqual(steps_of(2, 10, spacing), [1, 2])
        self.assertEqual(steps_of(100, 3, "early"), [19, 54, 100])
        self.assertEqual(steps_of(400, 5, "early"), [36, 101, 186, 286, 400])
        self.assertEqual(steps_of(5, 5, "early"), [1, 2, 3, 4, 5])

    def test_a_spacing_that_is_not_known_is_refused(self) -> None:
        with self.assertRaisesRegex(JobError, "spacing"):
            steps_of(10, 2, "late")


class InterfaceTest(unittest.TestCase):
    def test_titles_have_no_token_of_the_last_item(self) -> None:
        with self.assertRaisesRegex(JobError, "embToken must be learned"):
            recipe_of(SPEC | {"objective": SPEC["objective"] | {"itemInterface": "text", "embToken": "last-item"}})

    def test_codes_are_not_predicted_from_baskets(self) -> None:
        with self.assertRaisesRegex(JobError, "objective.positions must be all"):
            recipe_of(SPEC | {"objective": SPEC["objective"] | {"itemInterface": "semantic", "positions": "baskets"}})


if __name__ == "__main__":
    unittest.main()
